import t from 'tap'
import { basicColours, readSelection, readTarget } from '../../../plugins/local/colour-words.ts'
import { byteOf, fromOklab, triple } from '../../../plugins/local/oklab.ts'

/** The #rrggbb code of what a text names. */
function hex (text: string, except = 'none'): string {
  const { lightness, chroma, hue } = readTarget(text, except)
  const rgb = triple()
  fromOklab(Float64Array.of(lightness, chroma * Math.cos(hue * Math.PI / 180), chroma * Math.sin(hue * Math.PI / 180)), rgb)
  return `#${Array.from(rgb, value => byteOf(value).toString(16).padStart(2, '0')).join('')}`
}

t.test('reads names and codes', async t => {
  for (const [text, code] of [
    ['blue', '#1f5fd1'], ['Make it BLUE!', '#1f5fd1'], ['sky blue', '#87ceeb'], ['skyblue', '#87ceeb'], ['navy', '#000080'],
    ['#ff8800', '#ff8800'], ['the colour #F80, please', '#ff8800'], ['gray', '#808080'], ['#12C0AB red', '#12c0ab']
  ]) t.equal(hex(text), code, text)
})

t.test('a name before a basic colour says which one it is', async t => {
  t.equal(hex('navy blue'), hex('navy'))
  t.equal(hex('olive green'), hex('olive'))
  t.equal(hex('hot pink'), hex('hotpink'))
})

t.test('modifiers move lightness and colourfulness', async t => {
  const blue = readTarget('blue', '')
  for (const word of ['light', 'pale', 'pastel']) t.ok(readTarget(`${word} blue`, '').lightness > blue.lightness + 0.1, word)
  for (const word of ['dark', 'deep']) t.ok(readTarget(`${word} blue`, '').lightness < blue.lightness - 0.1, word)
  t.ok(readTarget('vivid blue', '').chroma > blue.chroma)
  t.same(readTarget('medium blue', ''), blue)
  t.same(readTarget('darkblue', ''), readTarget('dark blue', ''))
  t.ok(readTarget('very light sky blue', '').lightness > readTarget('sky blue', '').lightness)
  t.same(readTarget('dark and blue', ''), blue, 'a modifier belongs to the word behind it')
  t.ok(readTarget('dark grey', '').lightness < readTarget('grey', '').lightness, 'unlike the darkgray of CSS')
})

t.test('the colour that is to be replaced does not count beside another', async t => {
  t.equal(hex('change the red car to blue', 'red'), hex('blue'))
  t.equal(hex('red', 'red'), hex('red'))
})

t.test('refuses none and several colours', async t => {
  t.throws(() => hex('a shiny car'), { name: 'Refusal', message: `the prompt names no colour; known: ${basicColours}, or a code such as #1f5fd1` })
  t.throws(() => hex('#12345'), { name: 'Refusal' })
  t.throws(() => hex('red and green', 'blue'), { name: 'Refusal', message: 'name one colour, not both red and green' })
  t.throws(() => readSelection('the car'), { name: 'Refusal', message: `the select prompt must name a colour, one of ${basicColours}` })
  t.throws(() => readSelection('teal or navy'), { name: 'Refusal', message: 'name one colour, not both teal and navy' })
})

t.test('finds the colour to look for anywhere in the text', async t => {
  t.match(readSelection('the big red car on the left'), { name: 'red', family: 'red', hues: [Number, Number], lightness: [0, 1] })
  t.match(readSelection('the red salmon'), { family: 'red' }, 'a basic colour goes before a thing that is also a colour')
  t.match(readSelection('the salmon'), { family: 'orange' })
  t.match(readSelection('red and red'), { family: 'red' })
  t.match(readSelection('the white shirt'), { family: 'white', hues: null })
})

t.test('light and dark narrow what is looked for, and so do names', async t => {
  t.match(readSelection('dark blue'), { name: 'dark blue', lightness: [0, 0.5] })
  t.match(readSelection('the lightblue shirt'), { name: 'light blue', lightness: [0.6, 1] })
  const [low, high] = readSelection('navy').lightness
  t.ok(low === 0 && high < 0.6)
})
