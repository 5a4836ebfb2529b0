import { mapLiquid } from './find_liquid.js'

/** Marks that stand around the number of a hidden piece of Liquid: private-use characters */
export const OPEN = '\ue000'
export const CLOSE = '\ue001'

/**
 * Hides Liquid from an HTML or MJML parser, which would read its quotes and brackets as its own, and gives it back.
 * Private-use characters stand for it meanwhile.
 */
export function protectLiquid(source: string): { text: string; restore(text: string): string } {
  const kept: string[] = []
  const text = mapLiquid(source.replaceAll(OPEN, '').replaceAll(CLOSE, ''), {
    liquid: (piece) => `${OPEN}${kept.push(piece) - 1}${CLOSE}`,
  })
  return {
    text,
    restore: (changed) =>
      changed.replace(/\ue000(\d+)\ue001/g, (_, index: string) => kept[Number(index)] ?? ''),
  }
}
