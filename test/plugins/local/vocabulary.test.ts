import t from 'tap'
import { known, longestPhrase, usualAmounts, vocabulary } from '../../../plugins/local/vocabulary.ts'
import { parseInstructions } from '../../../plugins/local/instructions.ts'

t.test('everything that is shown as known is understood', async t => {
  const [edits, amounts] = known.split('; amounts: ')
  const phrases = edits.replaceAll(/(rotate|mirror) \(([^)]*)\)/g, (_, verb: string, ways: string) =>
    ways.split(', ').map(way => `${verb} ${way}`).join(', ')).replaceAll('or less ', '').split(', ')
  t.equal(phrases.length, 16)
  for (const phrase of phrases) t.equal(parseInstructions(phrase).length, 1, phrase)
  for (const amount of amounts.split(', ')) t.equal(parseInstructions(`darker ${amount}`).length, 1, amount)
})

t.test('phrases are written as the reader looks them up', async t => {
  for (const [phrase, word] of vocabulary) {
    t.equal(phrase, phrase.toLowerCase().normalize('NFKC').trim().replaceAll(/\s+/g, ' '))
    t.type(word.kind, 'string')
  }
  t.equal(longestPhrase, 3)
})

t.test('each edit has a word, and an amount when it can be more or less', async t => {
  const edits = new Set([...vocabulary.values()].flatMap(word => word.kind === 'edit' ? [word.edit] : []))
  t.same([...edits].filter(edit => !['invert', 'rotate', 'mirror'].includes(edit)).toSorted(), Object.keys(usualAmounts).toSorted())
  for (const amount of Object.values(usualAmounts)) t.ok(amount > 0 && amount <= 1)
})
