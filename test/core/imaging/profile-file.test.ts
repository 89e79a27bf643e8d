import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { admitImage } from '../../../core/imaging/admit.ts'
import { defaultImageLimits as limits } from '../../../core/imaging/limits.ts'
import { profileOf, withProfile } from '../../../core/imaging/profile-file.ts'
import { greyProfile, open, picture } from './pictures.ts'

const admit = async (bytes: Buffer) => (await admitImage(bytes, 'image', limits)).image
const photo = picture(8, 6)

t.test('finds the profile of an image, but none for sRGB and for a grey one', async t => {
  const wide = await admit(await open(photo).withIccProfile('p3').png().toBuffer())
  t.match(await profileOf(wide), { name: 'sP3C', icc: Buffer })
  t.equal(await profileOf(await admit(await open(photo).png().toBuffer())), undefined)
  const grey = await open(picture(8, 6, 1)).withIccProfile(await greyProfile(t.testdir())).toColourspace('b-w').png().toBuffer()
  t.equal((await admit(grey)).profile, 'Dark Grey')
  t.equal(await profileOf(await admit(grey)), undefined)
})

t.test('what was written is gone afterwards, also after a failure', async t => {
  const profile = { name: 'any', icc: Buffer.from('icc') }
  let seen = ''
  t.equal(await withProfile(profile, async ({ path, name }) => {
    seen = path
    return `${name} ${await readFile(path, 'utf8')}`
  }), 'any icc')
  t.notOk(existsSync(seen))
  await t.rejects(withProfile(profile, async ({ path }) => {
    seen = path
    throw new RangeError('no')
  }), RangeError)
  t.notOk(existsSync(seen))
})
