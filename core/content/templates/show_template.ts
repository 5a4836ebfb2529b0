import { buildTemplate, type TemplateSource } from './build_template.js'
import { compileContent } from '../message/compile_content.js'

/**
 * A template as one person would receive it; its links lead nowhere that records. Runs in a thread (preview_template.ts).
 *
 * @throws TemplateInvalidError with the line
 */
export async function showTemplate(o: {
  template: TemplateSource
  contact: Readonly<Record<string, unknown>>
  account: { readonly name: string; readonly address: string }
}): Promise<{ html: string | null; text: string }> {
  const compiled = await buildTemplate(o.template)
  const shown = compileContent({
    parts: {
      text: { as: 'text', source: compiled.text },
      ...(compiled.html === null ? {} : { html: { as: 'html' as const, source: compiled.html } }),
    },
  }).render({
    contact: o.contact,
    account: o.account,
    campaign: { name: '', subject: '' },
    links: { unsubscribe: '#', web_view: '#', preferences: '#', consent: '#' },
    tracking: { link: () => null, pixel: null, hidden: null },
  })
  return { html: shown.html ?? null, text: shown.text }
}
