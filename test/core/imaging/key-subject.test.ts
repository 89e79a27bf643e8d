import t from 'tap'
import { surveySubject } from '../../../core/imaging/key-subject.ts'
import { draw } from './pictures.ts'

t.test('a subject is known where it is, and guessed from there elsewhere', async t => {
  const picture = draw(200, 100, 3, x => x < 60 ? [200, 100, 40] : x >= 140 ? [20, 60, 90] : [0, 255, 0])
  const alpha = draw(200, 100, 1, x => [x < 60 || x >= 140 ? 255 : 0]).data
  const survey = surveySubject({ ...picture, data: new Uint8Array(picture.data) }, new Uint8Array(alpha), 'green')
  const at = (x: number, y: number) => {
    const typical = new Float64Array(4)
    survey.at(x, y, typical)
    return [...typical].map(Math.round)
  }
  t.same(at(20, 50), [200, 100, 40, -100])
  t.same(at(199, 99), [20, 60, 90, -30])
  const [red] = at(100, 50)
  t.ok(red > 40 && red < 180, 'between the two')
})

t.test('where nothing is the subject nothing is known, and deep colours are levels of 255 too', async t => {
  const typical = new Float64Array(4)
  const deep = { data: new Uint16Array(40 * 30 * 3).fill(257 * 50), width: 40, height: 30, channels: 3 as const }
  surveySubject(deep, new Uint8Array(40 * 30), 'blue').at(5, 5, typical)
  t.same([...typical], [0, 0, 0, 0])
  surveySubject(deep, new Uint8Array(40 * 30).fill(255), 'blue').at(5, 5, typical)
  t.same([...typical].map(Math.round), [50, 50, 50, 0])
})
