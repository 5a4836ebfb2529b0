import { test } from '@japa/runner'
import { bareWord, meaningOf, type Meaning } from '#core/conversations/opt_words'

const words = new Map<string, Meaning>([
  ['stop', 'out'],
  ['arret', 'out'],
  ['ne plus recevoir', 'out'],
  ['توقف', 'out'],
  ['optout', 'out'],
  ['oui', 'in'],
  ['start', 'in'],
])

test.group('Words by which people leave and come back', () => {
  test('are compared in lower case, without accents and signs', ({ assert }) => {
    assert.equal(bareWord('  ARRÊT !! '), 'arret')
    assert.equal(bareWord('«Stop» — 36111.'), 'stop 36111')
    assert.equal(bareWord('تَوَقَّف'), 'توقف')
    assert.equal(bareWord('👍'), '')
  })

  test('end the messages: {$self}')
    .with([
      'STOP',
      'stop.',
      ' Stop ',
      'ARRÊT',
      'arrêt svp merci',
      'STOP 36111',
      'Ne plus recevoir',
      'opt-out',
      'OPT OUT',
      'توقف',
    ])
    .run(({ assert }, text) => {
      assert.equal(meaningOf(text, words), 'out')
    })

  test('ask for them again: {$self}')
    .with(['oui', 'OUI !', 'Start'])
    .run(({ assert }, text) => {
      assert.equal(meaningOf(text, words), 'in')
    })

  test('are not seen in ordinary messages: {$self}')
    .with([
      '',
      '👍',
      'Bonjour',
      'Oui je viens demain',
      'stopover',
      'Stop, je veux parler à quelqu’un',
      'Je ne veux pas que ça s’arrête',
      'pourquoi STOP',
    ])
    .run(({ assert }, text) => {
      assert.isNull(meaningOf(text, words))
    })
})
