import fc from 'fast-check'
import t, { type Test } from 'tap'
import { parseInstructions } from '../../../plugins/local/instructions.ts'
import { Refusal } from '../../../plugins/local/raster.ts'
import { vocabulary } from '../../../plugins/local/vocabulary.ts'

/** Steps in short: "brightness 0.2, rotate 90". */
const read = (prompt: string) => parseInstructions(prompt).map(step => Object.values(step).join(' ')).join(', ')

function understands (t: Test, table: Record<string, string>): void {
  for (const [prompt, steps] of Object.entries(table)) t.equal(read(prompt), steps, prompt)
}

function refuses (t: Test, table: Record<string, string | RegExp>): void {
  for (const [prompt, message] of Object.entries(table)) {
    t.throws(() => read(prompt), { name: 'Refusal', message }, prompt)
  }
}

t.test('reads one edit, however it is put', async t => {
  understands(t, {
    'black and white': 'greyscale 1',
    'Make it B&W, please!': 'greyscale 1',
    'convert the photo to greyscale': 'greyscale 1',
    'remove the colors': 'greyscale 1',
    sepia: 'sepia 1',
    'invert the colours': 'invert',
    'I would like it warmer': 'warmth 0.3',
    'cool it down a bit': 'warmth -0.15',
    'turn the contrast up a lot': 'contrast 0.5',
    'less bright': 'brightness -0.2',
    'more vivid': 'saturation 0.3',
    'desaturate by 100%': 'saturation -1',
    'sharpen “it”': 'sharpen 0.4'
  })
})

t.test('reads several edits in their order', async t => {
  understands(t, {
    'make it black and white, then rotate left and sharpen a little': 'greyscale 1, rotate 270, sharpen 0.2',
    'make it black-and-white and blur strongly and mirror': 'greyscale 1, blur 0.6, mirror horizontal',
    'high contrast black and white': 'contrast 0.25, greyscale 1',
    'brighter sharper': 'brightness 0.2, sharpen 0.4',
    'lighter. then blur': 'brightness 0.2, blur 0.3',
    'warmer but less saturated': 'warmth 0.3, saturation -0.3'
  })
})

t.test('reads amounts: words, percentages, signs', async t => {
  understands(t, {
    'slightly darker': 'brightness -0.1',
    'darker, a little': 'brightness -0.1',
    'somewhat darker': 'brightness -0.2',
    'much much darker': 'brightness -0.4',
    'a lot of sepia': 'sepia 1',
    'blur by 12,5 percent': 'blur 0.125',
    'brightness -20 %': 'brightness -0.2',
    'contrast +10%, saturation −5 %': 'contrast 0.1, saturation -0.05'
  })
})

t.test('what is said once for neighbours holds for all of them', async t => {
  understands(t, {
    'slightly brighter and warmer': 'brightness 0.1, warmth 0.15',
    'brighter and warmer by 10 %': 'brightness 0.1, warmth 0.1',
    '20 % more contrast and saturation': 'contrast 0.2, saturation 0.2',
    'increase the contrast, brightness and saturation by 20%': 'contrast 0.2, brightness 0.2, saturation 0.2',
    'contrast and saturation up': 'contrast 0.25, saturation 0.3',
    'turn up contrast and saturation': 'contrast 0.25, saturation 0.3'
  })
})

t.test('what a neighbour says for itself stays its own', async t => {
  understands(t, {
    'slightly more contrast and less saturation': 'contrast 0.125, saturation -0.3',
    'more contrast and less saturation by 20 percent': 'contrast 0.25, saturation -0.2',
    'slightly brighter. warmer': 'brightness 0.1, warmth 0.3',
    'slightly brighter and make it warmer': 'brightness 0.1, warmth 0.3',
    'slightly brighter and sharpen': 'brightness 0.1, sharpen 0.4',
    'brighter by 50 % and warmer': 'brightness 0.5, warmth 0.3'
  })
})

t.test('reads rotations, clockwise unless said otherwise', async t => {
  understands(t, {
    'rotate right': 'rotate 90',
    'turn left': 'rotate 270',
    'turn it 90 degrees clockwise': 'rotate 90',
    'rotate by 10': 'rotate 10',
    'rotate -15.5°': 'rotate 344.5',
    'rotate left, 10 degrees': 'rotate 350',
    'Rotate the image 45 degrees counter-clockwise': 'rotate 315',
    'rotate by 450 degrees': 'rotate 90',
    'turn it upside down': 'rotate 180',
    'upside down': 'rotate 180'
  })
})

t.test('reads mirrors, left and right unless said otherwise', async t => {
  understands(t, {
    mirror: 'mirror horizontal',
    'flip vertically': 'mirror vertical',
    'flip it upside down': 'mirror vertical',
    'mirror left to right': 'mirror horizontal',
    'horizontal flip': 'mirror horizontal'
  })
})

t.test('names the words that are not in the vocabulary, and what is', async t => {
  refuses(t, {
    'add a dragon': /^"dragon" is not in the vocabulary of local edits; known: black and white, sepia/,
    'don\'t blur it': /^"don't" is not/,
    'a dragon, a castle, a dragon, a frog and a king': /^"dragon", "castle", "frog" are not in the vocabulary/,
    [`blur ${'x'.repeat(500)}`]: new RegExp(`^"${'x'.repeat(30)}" is not`),
    'blur #5': /^"#" is not/
  })
})

t.test('refuses what names no edit', async t => {
  refuses(t, {
    '': /^the prompt names no local edit; known: /,
    'please, make it': /^the prompt names no local edit/,
    'a little': /^"a little" belongs to no edit/,
    'more colours': /^"more" belongs to no edit/,
    'turn it and blur': /^"turn" belongs to no edit/,
    'blur. slightly': /^"slightly" belongs to no edit/
  })
})

t.test('refuses what does not go together', async t => {
  refuses(t, {
    'less blur': '"less" does not go with "blur"',
    'blur to the left': '"left" does not go with "blur"',
    'invert by 20 %': '"20 %" does not go with "invert"',
    'rotate a little': '"a little" does not go with "rotate"',
    'more less contrast': '"more" and "less" contradict each other',
    'rotate left and right': '"left" and "right" contradict each other',
    'flip horizontally upside down': '"horizontally" and "upside down" contradict each other',
    'brighter and darker': '"brighter" and "darker" contradict each other',
    'slightly blur by 20 %': 'say either a percentage or a word for how much "blur"',
    'brighter slightly warmer': 'put a comma between "brighter" and "warmer": it is not clear which of them "slightly" belongs to',
    'make the dark photo warmer': '"the dark photo" describes the image: say only what is to be done'
  })
})

t.test('refuses what is not said to the end', async t => {
  refuses(t, {
    contrast: '"contrast" needs "more" or "less"',
    rotate: '"rotate" needs "left", "right" or an angle in degrees',
    'blur 20': '"20" needs a unit: % or degrees',
    '% blur': '"%" needs a number before it',
    'increase contrast to 20 %': '"to 20" cannot be done, edits are relative: say "by 20"',
    'rotate by 360 degrees': 'a rotation by 360 degrees changes nothing',
    'blur by 0 %': '"blur" goes from 1 to 100 %',
    'blur by 101 %': '"blur" goes from 1 to 100 %'
  })
})

t.test('any text is either read into sound steps or refused', async () => {
  const phrase = fc.constantFrom(...vocabulary.keys(), '10', '-20', '+5 %', '30 degrees')
  const prompt = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(phrase, { maxLength: 8 }).map(words => words.join(' ')))
  fc.assert(fc.property(prompt, text => {
    try {
      return parseInstructions(text).every(step => {
        if ('amount' in step) return step.amount !== 0 && Math.abs(step.amount) <= 1
        return !('degrees' in step) || (step.degrees > 0 && step.degrees < 360)
      })
    } catch (err) {
      return err instanceof Refusal && err.message.length < 500
    }
  }), { numRuns: 2000, seed: 1 })
})
