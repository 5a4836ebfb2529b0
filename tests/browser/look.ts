/// <reference lib="dom" />
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import app from '@adonisjs/core/services/app'
import type { Page } from 'playwright'

/*
| What an eye sees at once, said as sentences: a page that is in order has none.
*/

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** First parts of our keys; `theme` for those of themes */
const namespaces = [
  ...readdirSync(app.makePath('resources/lang/fr')).map((file) => file.replace('.json', '')),
  'theme',
]
const UNTRANSLATED = new RegExp(
  `translation missing|(?<![\\w./@-])(?:${namespaces.join('|')})(?:\\.[a-z0-9_]+)+(?![\\w/@-])`,
  'i'
)
/** Words in three parts that are no key and no host */
const THREE_PARTS = /(?<![\w./@-])[a-z_]+\.[a-z_]+\.[a-z_]+(?![\w./@-])/

export type Watched = {
  /** What the console, the policy and the network said since the last time */ said(): Promise<
    string[]
  >
}

/** Listens to a page before it is first opened */
export async function watch(page: Page): Promise<Watched> {
  const heard: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    /** A page that is meant to be missing says so in the console */
    if (
      /Failed to load resource: the server responded with a status of 404/.test(message.text()) &&
      message.location().url === page.url()
    )
      return
    /** The Sandbox shows mails in a frame that loads and runs nothing, and Chromium says so */
    if (/\/admin\/sandbox\/[\w-]+\/html/.test(`${message.location().url} ${message.text()}`)) return
    heard.push(`console: ${message.text().slice(0, 300)}`)
  })
  page.on('pageerror', (error) => heard.push(`script: ${error.message.slice(0, 300)}`))
  page.on('response', (response) => {
    if (response.status() >= 400 && response.request().resourceType() !== 'document')
      heard.push(`${response.status()}: ${response.url()}`)
  })
  await page.addInitScript(() => {
    const refused: string[] = []
    Object.assign(window, { refused })
    document.addEventListener('securitypolicyviolation', (event) =>
      refused.push(`policy: ${event.effectiveDirective} refused ${event.blockedURI}`)
    )
  })
  return {
    said: async () => [
      ...heard.splice(0),
      ...(await page.evaluate(() =>
        ((window as unknown as { refused?: string[] }).refused ?? []).splice(0)
      )),
    ],
  }
}

/** What is wrong with the page as it stands */
export async function wrongAt(page: Page, locale: string): Promise<string[]> {
  const seen = await page.evaluate(() => {
    const over = document.documentElement.scrollWidth - window.innerWidth
    const widest =
      over > 0
        ? [...document.querySelectorAll('body *')]
            .filter(
              (element) =>
                element.getBoundingClientRect().right > window.innerWidth + 0.5 &&
                getComputedStyle(element).position !== 'fixed'
            )
            .slice(0, 3)
        : []
    return {
      over,
      widest: widest.map((element) => `${element.tagName.toLowerCase()}.${element.className}`),
      title: document.title,
      lang: document.documentElement.lang,
      words: document.body.innerText,
      headings: document.querySelectorAll('h1').length,
      ids: [...document.querySelectorAll('[id]')].map((element) => element.id),
    }
  })
  const wrong: string[] = []
  if (seen.over > 0) wrong.push(`is ${seen.over} px too wide (${seen.widest.join(', ')})`)
  if (!/\S – Griot$/.test(seen.title)) wrong.push(`has the title “${seen.title}”`)
  if (seen.lang !== locale) wrong.push(`is in ${seen.lang}`)
  if (seen.headings !== 1) wrong.push(`has ${seen.headings} h1`)
  const twice = seen.ids.find((id, index) => seen.ids.indexOf(id) !== index)
  if (twice) wrong.push(`has the id “${twice}” twice`)
  for (const pattern of [UNTRANSLATED, THREE_PARTS]) {
    const match = pattern.exec(`${seen.title}\n${seen.words}`)
    if (match) wrong.push(`shows “${match[0]}”`)
  }
  const bad = /\b(?:undefined|NaN|Invalid Date|\[object Object\])/.exec(seen.words)
  if (bad) wrong.push(`shows “${bad[0]}”`)
  return wrong
}

/** What axe finds that keeps people out: serious and critical. In the dark the page is the same, and only its colours are looked at */
export async function barriersAt(page: Page, mode: 'light' | 'dark'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE)
  const found = await page.evaluate(
    async (only) => {
      const { axe } = window as unknown as {
        axe: {
          run(
            context: unknown,
            options: unknown
          ): Promise<{
            violations: {
              id: string
              impact: string
              nodes: { target: string[]; failureSummary: string }[]
            }[]
          }>
        }
      }
      const { violations } = await axe.run(document, {
        iframes: false,
        resultTypes: ['violations'],
        runOnly: only
          ? { type: 'rule', values: [only] }
          : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] },
      })
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .slice(0, 3)
              .map(
                (node) =>
                  `${node.target.join(' ')} (${node.failureSummary.split('\n').slice(1, 2).join('').trim().slice(0, 160)})`
              )
              .join(' · ')}`
        )
    },
    mode === 'dark' ? 'color-contrast' : null
  )
  return found
}
