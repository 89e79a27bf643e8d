/** Draws the images of the examples: `node test/examples/make-images.ts`. They are drawings, so that they are ours to give away. */
import { join } from 'node:path'
import sharp from 'sharp'

const directory = join(import.meta.dirname, 'images')
const width = 960
const height = 640
const draw = (body: string) => sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`))

const grain = `<filter id="grain" x="0" y="0" width="100%" height="100%">
  <feTurbulence type="fractalNoise" baseFrequency="0.8" numOctaves="3" seed="3"/>
  <feColorMatrix values="0 0 0 0 0.5  0 0 0 0 0.5  0 0 0 0 0.5  0 0 0 0.9 -0.3"/></filter>`
const gradient = (id: string, stops: string[], direction = 'x2="0" y2="1"') => `<linearGradient id="${id}" ${direction}>${
  stops.map((color, index) => `<stop offset="${index / (stops.length - 1)}" stop-color="${color}"/>`).join('')}</linearGradient>`

/** A product shot: a mug with a handle before a shaded backdrop. */
const mug = `<defs><radialGradient id="back" cx="0.45" cy="0.35" r="0.9"><stop offset="0" stop-color="#f4f1ec"/><stop offset="1" stop-color="#c9c4bb"/></radialGradient>
  ${gradient('body', ['#8f2f1c', '#d9573a', '#e8734f', '#a83d26', '#6f2213'], 'x2="1" y2="0"')}${gradient('inside', ['#4a160c', '#a84a33'])}
  <filter id="soft" x="-50%" y="-200%" width="200%" height="500%"><feGaussianBlur stdDeviation="16"/></filter></defs>
  <rect width="100%" height="100%" fill="url(#back)"/>
  <ellipse cx="480" cy="512" rx="185" ry="20" fill="#8d867b" opacity="0.55" filter="url(#soft)"/>
  <path d="M 610 250 C 740 230 740 430 600 420" fill="none" stroke="#b5482f" stroke-width="34" stroke-linecap="round"/>
  <path d="M 330 180 L 350 480 C 355 520 605 520 610 480 L 630 180 Z" fill="url(#body)"/>
  <ellipse cx="480" cy="180" rx="150" ry="38" fill="#c95338"/><ellipse cx="480" cy="184" rx="134" ry="29" fill="url(#inside)"/>
  <path d="M 372 240 C 378 330 382 400 390 450" stroke="#fff" stroke-opacity="0.35" stroke-width="16" stroke-linecap="round" fill="none"/>`

/** A meadow under the sky, with a balloon to erase and a red car to recolor. */
const meadow = `<defs>${gradient('sky', ['#3f7fc4', '#a9cdea', '#f1ead2'])}${gradient('grass', ['#8aa653', '#4f7a2e', '#335a1f'])}${gradient('car', ['#e2483a', '#b81f1a'])}
  ${gradient('balloon', ['#f2b632', '#d9622b'], 'x2="1" y2="1"')}${grain}</defs>
  <rect width="100%" height="430" fill="url(#sky)"/>
  <path d="M 0 400 C 200 330 330 390 520 350 S 820 320 960 380 L 960 460 L 0 460 Z" fill="#6d8fa0"/>
  <path d="M 0 430 C 240 390 480 440 960 410 L 960 640 L 0 640 Z" fill="url(#grass)"/>
  <g transform="translate(700 110)"><ellipse rx="58" ry="66" fill="url(#balloon)"/><path d="M -20 62 L -10 96 M 20 62 L 10 96" stroke="#5b4630" stroke-width="3"/><rect x="-13" y="96" width="26" height="18" rx="3" fill="#6b4a2b"/></g>
  <g transform="translate(180 470)"><path d="M 0 60 L 20 58 L 70 14 L 190 14 L 240 58 L 290 66 L 290 100 L 0 100 Z" fill="url(#car)" stroke="#8c1512" stroke-width="3"/>
  <path d="M 78 24 L 126 24 L 126 56 L 44 56 Z M 136 24 L 184 24 L 218 56 L 136 56 Z" fill="#cfe3ee"/>
  <circle cx="66" cy="102" r="27" fill="#22262b"/><circle cx="66" cy="102" r="13" fill="#b9c0c6"/><circle cx="226" cy="102" r="27" fill="#22262b"/><circle cx="226" cy="102" r="13" fill="#b9c0c6"/></g>
  <rect width="100%" height="100%" filter="url(#grain)" opacity="0.22"/>`

/** Evening light, as a background for relight. */
const evening = `<defs>${gradient('dusk', ['#2c2350', '#8c3f62', '#f08a4b', '#ffd58a'])}${gradient('table', ['#5a3422', '#2b170f'])}${grain}
  <radialGradient id="sun"><stop offset="0" stop-color="#fff3c4"/><stop offset="1" stop-color="#ffb35c" stop-opacity="0"/></radialGradient></defs>
  <rect width="100%" height="460" fill="url(#dusk)"/><circle cx="760" cy="400" r="240" fill="url(#sun)"/>
  <rect y="460" width="100%" height="180" fill="url(#table)"/><rect width="100%" height="100%" filter="url(#grain)" opacity="0.15"/>`

const mask = '<rect width="100%" height="100%"/><rect x="625" y="30" width="150" height="205" rx="60" fill="#fff"/>'

await draw(mug).png().toFile(join(directory, 'mug.png'))
await draw(meadow).jpeg({ quality: 92 }).toFile(join(directory, 'meadow.jpg'))
await draw(evening).jpeg({ quality: 92 }).toFile(join(directory, 'evening.jpg'))
await draw(mask).png().toFile(join(directory, 'meadow-mask.png'))
