import t from 'tap'
import { readPartHead } from '../../../plugins/http-body/part-head.ts'

const read = (...lines: string[]) => readPartHead(Buffer.from(lines.join('\r\n')), 2)

t.test('name, file name and type are read in every form in which clients write them', async t => {
  t.same(read('Content-Disposition: form-data; name="image"; filename="a;b.png"', 'Content-Type: image/png'), { name: 'image', fileName: 'a;b.png', mediaType: 'image/png' })
  t.same(read('content-disposition:form-data;name=image'), { name: 'image', fileName: undefined, mediaType: undefined })
  t.match(read('CONTENT-DISPOSITION: Form-Data; NAME="größe"; filename=""'), { name: 'größe', fileName: '' })
  t.match(read('Content-Disposition: form-data; name="a%22b%0D%0Ac%41"'), { name: 'a"b\r\nc%41' })
  t.match(read('Content-Disposition: form-data; name="a"; filename*=UTF-8\'\'x.png'), { fileName: 'UTF-8\'\'x.png' })
  t.match(read('Content-Disposition: form-data; name="a"', 'Content-Transfer-Encoding: Binary', 'X-Other: 1'), { name: 'a' })
})

t.test('what cannot be understood is refused, with the part\'s number', async t => {
  const disposition = 'Content-Disposition: form-data; name="a"'
  const cases: Array<[string[], RegExp]> = [
    [[''], /^part 2 of the form has a broken header line$/],
    [[disposition, 'no colon'], /broken header line/],
    [[disposition, ' folded: line'], /broken header line/],
    [[`${disposition}\nX: y`], /broken header line/],
    [[disposition, disposition], /two content-disposition headers/],
    [['Content-Type: image/png'], /has no content-disposition/],
    [['Content-Disposition: attachment; name="a"'], /has no content-disposition/],
    [['Content-Disposition: form-data; name="a'], /has no content-disposition/],
    [['Content-Disposition: form-data'], /has no name/],
    [['Content-Disposition: form-data; filename="a"'], /has no name/],
    [[disposition, 'Content-Transfer-Encoding: base64'], /is encoded: send its bytes as they are/],
    [[disposition, 'Content-Type: multipart/mixed; boundary=c'], /is a form itself/]
  ]
  for (const [lines, message] of cases) t.throws(() => read(...lines), message)
  t.throws(() => readPartHead(Buffer.from([0xff]), 1), /^part 1 of the form has headers that are not UTF-8$/)
})
