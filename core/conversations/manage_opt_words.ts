import { sql } from '#core/database/sql'
import { OptWordError } from './errors.js'
import { bareWord, type Meaning } from './opt_words.js'

export type OptWord = {
  readonly id: string
  readonly word: string
  readonly means: Meaning
  /** BCP 47 tag; '' when it is used in any */
  readonly language: string
  readonly bundled: boolean
}

/** Characters of a word */
const LONGEST = 40

/** All words by which people leave and come back, by meaning and language */
export async function listOptWords(): Promise<OptWord[]> {
  return sql<OptWord>(
    'select id, word, means, language, bundled from opt_words order by means desc, language, word'
  )
}

/**
 * Adds a word, in the form in which messages are compared with it.
 *
 * @throws OptWordError when nothing of it is a word, when it is too long, or when it is there already
 */
export async function addOptWord(o: {
  word: string
  means: Meaning
  language: string
}): Promise<string> {
  const word = bareWord(o.word)
  if (word === '') throw new OptWordError('empty', o.word)
  if (word.length > LONGEST) throw new OptWordError('long', word)
  const added = await sql(
    `insert into opt_words (word, means, language) values ($1, $2, $3)
     on conflict (word) do nothing returning 1`,
    [word, o.means, o.language]
  )
  if (added.length === 0) throw new OptWordError('known', word)
  return word
}

/** Takes a word away; one that came with Griot as well */
export async function removeOptWord(id: string): Promise<string | null> {
  const [gone] = await sql<{ word: string }>(
    'delete from opt_words where id = $1::uuid returning word',
    [id]
  )
  return gone?.word ?? null
}
