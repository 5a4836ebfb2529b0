import type pg from 'pg'

/** What somebody who writes one of the words wants: to end our messages, or to have them again */
export type Meaning = 'out' | 'in'

/** Words of a message beyond which it is no bare word any more: "STOP 36111", "arrêt svp merci" */
const MOST_WORDS = 3

/** A word as it is compared: in lower case, without accents and signs */
export function bareWord(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/**
 * Reads a message for a word by which people end our messages, or ask for them again. It ends them when it begins with such a word and says
 * little more; it asks for them only when it says nothing else, since "oui" begins many an answer.
 *
 * @param words meaning by bare word
 * @returns null when it is an ordinary message
 */
export function meaningOf(text: string, words: ReadonlyMap<string, Meaning>): Meaning | null {
  const said = bareWord(text).split(' ')
  const meaning = words.get(said.join(' ')) ?? words.get(said.join(''))
  if (meaning !== undefined) return meaning
  return said.length <= MOST_WORDS && words.get(said[0]) === 'out' ? 'out' : null
}

/** The words of this installation. Some dozens */
export async function readOptWords(
  client: Pick<pg.PoolClient, 'query'>
): Promise<ReadonlyMap<string, Meaning>> {
  const { rows } = await client.query<{ word: string; means: Meaning }>({
    name: 'opt_words',
    text: 'select word, means from opt_words',
  })
  return new Map(rows.map((row) => [row.word, row.means]))
}
