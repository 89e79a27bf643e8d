import t from 'tap'
import * as imaging from '../../../core/imaging/index.ts'

t.test('the public face of imaging', async t => {
  t.strictSame(Object.keys(imaging).sort(), [
    'ImageLimits', 'acceptedFormats', 'admitImage', 'canonicalMask', 'convertImage', 'decodeBase64', 'defaultImageLimits',
    'encodeMask', 'finishImage', 'fitsFormat', 'lookalike', 'maskFromAlpha', 'openEncoded', 'openPixels',
    'pixelPool', 'produce', 'readHeader', 'sniff'
  ])
})
