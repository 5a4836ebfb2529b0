import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

type SubsetFont = (
  font: Buffer,
  text: string,
  o: {
    targetFormat: 'woff2'
    noHinting: boolean
    keepFeatures: readonly string[]
    variationAxes: Readonly<Record<string, { min: number; max: number }>>
  }
) => Promise<Buffer>

/** It brings no types */
const subsetFont = createRequire(import.meta.url)('subset-font') as SubsetFont

/**
 * Letters that nearly every page has: ASCII, those of French, Portuguese, Spanish and German, and the signs of print. The
 * `unicode-range` of the first face in resources/css/fonts.css names the same.
 */
const LETTERS = [
  String.fromCharCode(...Array.from({ length: 95 }, (_, n) => 0x20 + n)),
  'ÀÁÂÃÄÇÈÉÊËÍÎÏÑÓÔÕÖÙÚÛÜßàáâãäæçèéêëíîïñóôõöùúûüÿŒœ«»°·§©®×',
  '\u00a0\u2009\u202f\u2010\u2011\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac\u2190\u2191\u2192\u2193\u2212\ufffd',
].join('')

/**
 * A Vite plugin that writes the part of Inter that pages need: 18 kB where the whole Latin file has 48. Weights 400 to 700,
 * figures of one width, kerning.
 *
 * @param root the folder that node_modules and resources stand in
 */
export function subsetInter(root: string): Plugin {
  return {
    name: 'griot:subset-inter',
    async buildStart() {
      const files = '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'
      const font = await subsetFont(readFileSync(join(root, 'node_modules', files)), LETTERS, {
        targetFormat: 'woff2',
        noHinting: true,
        keepFeatures: ['kern', 'tnum', 'zero', 'mark', 'mkmk', 'ccmp', 'locl'],
        variationAxes: { wght: { min: 400, max: 700 } },
      })
      const target = join(root, 'var/fonts/inter-core.woff2')
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, font)
    },
  }
}
