import t from 'tap'
import { addedWords, coveredWords, keyNames, keyWords, longestKey, marginWords, recolourWords, replaceWords, sameWords } from '../../core/emulation-prompts.ts'

t.test('the caller\'s words stand in the instruction, whole', async t => {
  const long = 'x'.repeat(5000)
  t.equal(sameWords({ prompt: long }), long)
  t.equal(sameWords({}), '')
  t.match(replaceWords({ searchPrompt: ' the cat. ', prompt: `${long}!` }), `Replace the cat with ${long}. Keep everything else`)
  t.match(recolourWords({ selectPrompt: 'the car', prompt: 'blue' }), 'Change the color of the car to blue. Keep')
  t.equal(replaceWords({}).indexOf('Replace  with'), 0)
  t.equal(recolourWords({}).indexOf('Change the color of  to'), 0)
})

t.test('who inpaints is told what shall be seen, who edits is told what to do', async t => {
  t.notMatch(coveredWords({}, 'inpaint'), /remove/i)
  t.match(coveredWords({}, 'general_edit'), /^Remove/)
  t.equal(addedWords({ prompt: 'a beach' }, 'inpaint'), 'a beach')
  t.match(addedWords({}, 'inpaint'), /continued/)
  t.match(addedWords({ prompt: 'a beach' }, 'general_edit'), /^Extend .* a beach$/)
})

t.test('the sides that grow are named', async t => {
  const sides = (left: number, right: number, up: number, down: number) => /margin (.*?):/.exec(marginWords({ expansion: { left, right, up, down } }))?.[1]
  t.equal(sides(1, 0, 0, 0), 'on the left')
  t.equal(sides(0, 1, 1, 0), 'on the right and above')
  t.equal(sides(1, 1, 1, 1), 'on the left, on the right, above, and below')
  t.match(marginWords({}), /margin :/)
  t.match(marginWords({ prompt: 'a beach' }), /In the new part: a beach$/)
})

t.test('no colour makes a longer instruction than the one that is planned with', async t => {
  for (const use of ['backdrop', 'marking'] as const) {
    for (const key of keyNames) {
      t.match(keyWords(use, key), new RegExp(`pure ${key} \\(#[0f]{6}\\)`))
      t.ok(keyWords(use, key).length <= keyWords(use, longestKey).length)
    }
  }
})
