/** Reporting on the stage: one thumb, also without a network. */
const test = require('node:test')
const assert = require('node:assert/strict')
const path = require('node:path')
const town = require('./support/town')
const { Refusal, NoNetwork } = require('./support/server')
const { stage, sound } = require('./support/scenes')
const { quiet, ROOT } = require('./support/stage')

test('a report is a picture, a place and a sentence: three taps', async () => {
  const set = stage({}, { spot: { label: town.PLACE.label, place_id: town.PLACE.place_id } })
  const page = await set.open('pages/report/index')
  page.component.instance.pictures({ detail: { photos: [{ path: set.weixin.taken(1)[0].tempFilePath, size: 300 * 1024 }] } })
  await page.hear('.words', 'blur', { value: '楼道灯不亮' })
  assert.match(page.text, /猜的是「照明」/)
  assert.match(page.text, /是同一件吗/)
  await page.tap('报上去', '.main')
  const [sent] = set.server.of('POST /reports')
  assert.deepEqual({ ...sent.body, draft_id: '' }, { text: '楼道灯不亮', category: 'lighting', place_id: 'place-3-1', photos: ['upload-1'], draft_id: '' })
  assert.equal(set.weixin.of('navigateTo').at(-1).url, '/pages/reported/index?id=case-7')
  assert.equal(page.data.text, '')
  sound(set)
  page.close()
})

test('a category that a person chose is not guessed over', async () => {
  const set = stage()
  const page = await set.open('pages/report/index')
  await page.hear('wx-picker', 'change', { value: '1' }).catch(() => page.component.instance.categoryPicked({ detail: { value: '1' } }))
  await page.hear('.words', 'blur', { value: '楼道灯不亮' })
  assert.equal(page.data.category, 'drainage')
  assert.equal(set.server.of('POST /guess').length, 0)
  page.close()
})

test('a report needs neither register nor home', async () => {
  const set = stage({ 'GET /me': town.me(town.RIDER) }, { me: town.me(town.RIDER) })
  const page = await set.open('pages/report/index', { q: encodeURIComponent('https://hemei.example/q/door-3-1') })
  assert.match(page.text, /育英小区3号楼1单元/)
  await page.hear('.words', 'blur', { value: '门关不上' })
  await page.tap('报上去', '.main')
  assert.equal(set.server.of('POST /reports')[0].body.door, 'door-3-1')
  sound(set)
  page.close()
})

test('nothing said and nothing shown is not reported', async () => {
  const set = stage()
  const page = await set.open('pages/report/index')
  await page.tap('报上去', '.main')
  assert.match(page.data.wrong, /拍一张照片/)
  assert.equal(set.server.of('POST /reports').length, 0)
  page.close()
})

test('a report without a network waits in the telephone and is shown', async () => {
  let online = false
  const set = stage({ 'POST /reports': () => { if (!online) throw new NoNetwork(); return town.whole() } })
  const page = await set.open('pages/report/index')
  await page.hear('.words', 'blur', { value: '灯不亮' })
  await page.tap('报上去', '.main')
  assert.match(set.weixin.of('showToast')[0].title, /先存在手机里/)
  assert.match(page.text, /还没报上去的.*灯不亮/)
  online = true
  await page.tap('再报一次')
  assert.doesNotMatch(page.text, /还没报上去的/)
  const ids = set.server.of('POST /reports').map((one) => one.body.draft_id)
  assert.equal(new Set(ids).size, 1)
  page.close()
})

test('what the server refuses stands at its draft, and can be given up', async () => {
  const set = stage({ 'POST /reports': () => { throw new Refusal(422, 'place_missing', '请说在哪儿。', 'place_id') } })
  const page = await set.open('pages/report/index')
  await page.hear('.words', 'blur', { value: '灯不亮' })
  await page.tap('报上去', '.main')
  assert.equal(page.data.wrong, '请说在哪儿。')
  assert.match(page.text, /请说在哪儿。/)
  await page.tap('不报了')
  assert.deepEqual(page.data.waiting, [])
  page.close()
})

test('two quick taps report once', async () => {
  const set = stage()
  const page = await set.open('pages/report/index')
  await page.hear('.words', 'blur', { value: '灯不亮' })
  const { instance } = page.component
  await Promise.all([instance.send(), instance.send()])
  await quiet(set.server)
  assert.equal(set.server.of('POST /reports').length, 1)
  page.close()
})

test('the place is found by the door\'s code, by where one stands, and by words', async () => {
  const set = stage()
  const page = await set.open('pages/place/index')
  await page.tap('扫单元门上的码')
  assert.equal(set.server.of('GET /scenes/{scene}')[0].args.scene, 'door-3-1')
  assert.equal(set.weixin.wx.getStorageSync('spot').door, 'door-3-1')
  await page.tap('就在我身边')
  assert.deepEqual(set.server.of('GET /places')[0].query, { lat: '46.63', lng: '126.98' })
  assert.match(page.text, /地图上的一点/)
  await page.hear('wx-input', 'input', { value: '育英小区3号楼' }).catch(() => page.component.instance.setData({ q: '育英小区3号楼' }))
  await page.tap('找')
  assert.equal(set.server.of('GET /places')[1].query.q, '育英小区3号楼')
  sound(set)
  page.close()
})

test('a position that is refused is said, and another way is left', async () => {
  const set = stage()
  set.weixin.fails.getLocation = 'auth deny'
  const page = await set.open('pages/place/index')
  await page.tap('就在我身边')
  assert.match(page.data.wrong, /没有拿到位置/)
  page.close()
})

test('whether we may tell is asked in the moment, from a tap, and the answer is counted', async () => {
  const set = stage()
  const page = await set.open('pages/reported/index', { id: 'case-7' })
  assert.equal(set.weixin.of('requestSubscribeMessage').length, 0)
  await page.tap('办好了告诉我')
  assert.deepEqual(set.server.of('POST /subscriptions')[0].body, { moment: 'reported', results: { 'template-1': 'accept' } })
  assert.match(page.text, /有进展就告诉您/)
  sound(set)
  page.close()
})

test('a no to being told is counted too', async () => {
  const set = stage()
  set.weixin.answers.subscribed = 'reject'
  const page = await set.open('pages/reported/index', { id: 'case-7' })
  await page.tap('办好了告诉我')
  assert.equal(set.server.of('POST /subscriptions')[0].body.results['template-1'], 'reject')
  assert.match(page.text, /没有打开提醒/)
  page.close()
})

test('a code of a bill or of a matter opens it, through what the person may see', async () => {
  for (const [kind, page] of [['bill', '/pages/bill/index'], ['case', '/pages/matter/index']]) {
    const set = stage({ 'GET /scenes/{scene}': { kind, door: null, id: 'one-1', place: null } })
    const opened = await set.open('pages/report/index', { scene: encodeURIComponent('abcDEF0123456789abcdef') })
    assert.equal(set.weixin.of('navigateTo')[0].url, `${page}?id=one-1`)
    sound(set)
    opened.close()
  }
})

test('of a building with several units one is asked for, and none need be said', async () => {
  for (const [words, unit] of [['2单元', '2'], ['说不清', undefined]]) {
    const set = stage({ 'GET /places': { items: [{ ...town.PLACE, label: '育英小区3号楼', unit: null, units: ['1', '2'] }] } })
    const place = await set.open('pages/place/index')
    place.component.instance.setData({ q: '育英小区3号楼' })
    await place.tap('找')
    await place.tap('育英小区3号楼', '.pick')
    await place.tap(words, '.choice')
    place.close()
    const page = await set.open('pages/report/index')
    await page.hear('.words', 'blur', { value: '门关不上' })
    await page.tap('报上去', '.main')
    assert.equal(set.server.of('POST /reports')[0].body.unit, unit)
    assert.equal(set.server.of('POST /reports')[0].body.place_id, 'place-3-1')
    sound(set)
    page.close()
  }
})

test('what is missing is said each time it is missing', async () => {
  const set = stage()
  const page = await set.open('pages/report/index')
  const said = []
  const { instance } = page.component
  const kept = instance.setData
  instance.setData = (data, then) => {
    if ('wrong' in data) said.push(data.wrong)
    return kept.call(instance, data, then)
  }
  instance.send()
  instance.send()
  assert.deepEqual(said.map(Boolean), [false, true, false, true])
  page.close()
})

const CODE = { q: encodeURIComponent('https://hemei.example/q/door-3-1') }

test('a code that opens nothing any more is said, and the report goes on without it', async () => {
  const set = stage({ 'GET /scenes/{scene}': () => { throw new Refusal(404, 'not_found') } })
  const page = await set.open('pages/report/index', CODE)
  assert.equal(page.data.state, 'ready')
  assert.match(page.data.wrong, /这个码已经不用了/)
  await page.hear('.words', 'blur', { value: '灯不亮' })
  await page.tap('报上去', '.main')
  assert.equal(set.server.of('POST /reports')[0].body.door, undefined)
  page.close()
})

test('a door that is scanned without a network is where the report is about all the same', async () => {
  let online = false
  const away = (answer) => () => { if (!online) throw new NoNetwork(); return answer }
  const set = stage({ 'GET /scenes/{scene}': away({}), 'POST /guess': away(town.answers['POST /guess']), 'POST /reports': away(town.whole()), 'GET /categories': away(town.answers['GET /categories']) })
  const page = await set.open('pages/report/index', CODE)
  assert.match(page.text, /刚扫的单元门/)
  await page.hear('.words', 'blur', { value: '门关不上' })
  await page.tap('报上去', '.main')
  online = true
  await page.tap('再报一次')
  assert.deepEqual(set.server.of('POST /reports').map((one) => one.body.door), ['door-3-1', 'door-3-1'])
  sound(set)
  page.close()
})

test('the code of a building\'s group opens the notice that every browser shows', async () => {
  const set = stage({ 'GET /scenes/{scene}': { kind: 'notice', door: null, id: null, place: null } })
  const page = await set.open('pages/report/index', { q: encodeURIComponent('https://hemei.example/q/group-3') })
  assert.equal(set.weixin.of('navigateTo')[0].url, '/pages/paper/index?id=group-3')
  page.close()
  const paper = await set.open('pages/paper/index', { id: 'group-3' })
  assert.equal(paper.data.url, 'https://hemei.example/q/group-3')
  paper.close()
})

test('a guess that comes after the report was sent is not the next one\'s', async () => {
  /** @type {any} */
  let answer
  const slow = new Promise((resolve) => { answer = () => resolve(town.answers['POST /guess']) })
  const set = stage({ 'POST /guess': () => slow })
  const page = await set.open('pages/report/index')
  const { instance } = page.component
  instance.setData({ text: '灯不亮' })
  const guessing = instance.guess({ detail: { value: '灯不亮' } })
  await instance.send()
  answer()
  await guessing
  await quiet(set.server)
  assert.deepEqual([page.data.category, page.data.label, page.data.same], ['', '', []])
  page.close()
})

test('the place that the words name stands above the usual one, and not above one that was chosen', async () => {
  const named = { ...town.answers['POST /guess'], place: { ...town.PLACE, label: '育英小区5号楼', place_id: 'place-5' } }
  for (const [meant, place] of [[false, 'place-5'], [true, 'place-3-1']]) {
    const set = stage({ 'POST /guess': named }, { spot: { label: town.PLACE.label, place_id: 'place-3-1', meant } })
    const page = await set.open('pages/report/index')
    await page.hear('.words', 'blur', { value: '5号楼灯不亮' })
    // the camera is opened in between: the page is left and comes back
    await page.is('onHide')
    await page.is('onShow')
    await page.tap('报上去', '.main')
    assert.equal(set.server.of('POST /reports')[0].body.place_id, place)
    assert.equal(set.weixin.wx.getStorageSync('spot').meant, false)
    sound(set)
    page.close()
  }
})

test('what was refused comes back to be mended, with its pictures', async () => {
  let refused = true
  const set = stage({ 'POST /reports': () => { if (refused) throw new Refusal(422, 'place_missing', '请说在哪儿。', 'place_id'); return town.whole() } })
  const page = await set.open('pages/report/index')
  const [photo] = set.weixin.taken(1)
  page.component.instance.pictures({ detail: { photos: [{ path: photo.tempFilePath, size: photo.size }] } })
  await page.hear('.words', 'blur', { value: '灯不亮' })
  await page.tap('报上去', '.main')
  page.component.instance.setData({ text: '别的' })
  await page.tap('改一改再报')
  assert.match(page.data.wrong, /手上这一件/)
  page.component.instance.setData({ text: '' })
  await page.tap('改一改再报')
  assert.deepEqual([page.data.text, page.data.category, page.data.photos.length, page.data.waiting], ['灯不亮', 'lighting', 1, []])
  assert.ok(set.weixin.files.has(photo.tempFilePath))
  refused = false
  await page.tap('报上去', '.main')
  assert.equal(set.server.of('POST /reports').at(-1).body.photos.length, 1)
  page.close()
})

test('whoever joins a neighbour\'s matter gives the pictures to it', async () => {
  const set = stage({}, { spot: { label: town.PLACE.label, place_id: town.PLACE.place_id } })
  const page = await set.open('pages/report/index')
  const [photo] = set.weixin.taken(1)
  page.component.instance.pictures({ detail: { photos: [{ path: photo.tempFilePath, size: photo.size }] } })
  await page.hear('.words', 'blur', { value: '楼道灯不亮' })
  await page.tap('是，我也遇到')
  assert.deepEqual(set.server.of('POST /cases/{id}/more').map((one) => one.body), [{ text: '', photos: ['upload-1'] }])
  assert.equal(set.weixin.files.has(photo.tempFilePath), false)
  sound(set)
  page.close()
})

test('a sentence that was begun is there again after WeChat has ended the app', async () => {
  const set = stage()
  const page = await set.open('pages/report/index')
  const [photo] = set.weixin.taken(1)
  page.component.instance.pictures({ detail: { photos: [{ path: photo.tempFilePath, size: photo.size }] } })
  await page.hear('.words', 'blur', { value: '楼道灯不亮' })
  await page.is('onHide')
  page.close()
  const again = await set.open('pages/report/index')
  assert.deepEqual([again.data.text, again.data.category, again.data.photos.length], ['楼道灯不亮', 'lighting', 1])
  await again.tap('报上去', '.main')
  await again.is('onUnload')
  again.close()
  const last = await set.open('pages/report/index')
  assert.deepEqual([last.data.text, last.data.photos], ['', []])
  sound(set)
  last.close()
})

test('what arrived is said although the network is gone again', async () => {
  const away = () => { throw new NoNetwork() }
  const set = stage({ 'GET /cases/{id}': away, 'GET /subscriptions': away })
  const page = await set.open('pages/report/index')
  await page.hear('.words', 'blur', { value: '灯不亮' })
  await page.tap('报上去', '.main')
  page.close()
  const told = await set.open('pages/reported/index', { id: 'case-7' })
  assert.match(told.text, /2026-0007/)
  assert.equal(told.data.state, 'ready')
  told.close()
})

test('what has gone by itself meanwhile cannot be given up, and the page hears of it', async () => {
  const draft = { id: 'a-draft-of-yesterday', photos: [], body: { text: '灯不亮' }, wrong: '', sent: true }
  const set = stage({}, { drafts: [draft] })
  const page = await set.open('pages/report/index')
  const { instance } = page.component
  assert.equal(page.data.waiting.length, 1)
  const sending = require(path.join(ROOT, 'lib/hemei')).catchUp()
  await instance.drop({ currentTarget: { dataset: { id: draft.id } } })
  await sending
  assert.match(page.data.wrong, /已经报上去了/)
  assert.equal(set.server.of('POST /reports').length, 1)
  instance.waitingNow()
  assert.deepEqual(page.data.waiting, [])
  page.close()
})

test('the unit of a place that was found goes with it, and of a door the code says it', async () => {
  for (const [spot, body] of [
    [{ label: town.PLACE.label, place_id: 'place-3-1', unit: '1' }, { place_id: 'place-3-1', unit: '1' }],
    [{ label: town.PLACE.label, place_id: 'place-3-1', unit: '1', door: 'door-3-1' }, { door: 'door-3-1' }],
  ]) {
    const set = stage()
    const place = await set.open('pages/place/index')
    if (spot.door) await place.tap('扫单元门上的码')
    else {
      place.component.instance.setData({ q: '育英小区3号楼1单元' })
      await place.tap('找')
      await place.tap(town.PLACE.label, '.pick')
    }
    place.close()
    assert.deepEqual(set.weixin.wx.getStorageSync('spot'), { ...spot, units: [], meant: true })
    const page = await set.open('pages/report/index')
    page.component.instance.setData({ text: '灯不亮' })
    await page.tap('报上去', '.main')
    const { place_id: id, unit, door } = set.server.of('POST /reports')[0].body
    assert.deepEqual(JSON.parse(JSON.stringify({ place_id: id, unit, door })), body)
    sound(set)
    page.close()
  }
})

test('a rider is asked anew where it is, and nobody is taken to a point of yesterday', async () => {
  const kept = { label: town.PLACE.label, place_id: 'place-3-1', meant: true }
  for (const [me, spot, next] of [
    [town.me(town.RIDER), kept, '请说在哪儿'], [town.me(), kept, town.PLACE.label],
    [town.me(), { label: '地图上的一点', lat: 46.63, lng: 126.98, meant: true }, town.HOME.label],
  ]) {
    const set = stage({}, { me, spot })
    const page = await set.open('pages/report/index')
    assert.equal(page.data.spot.label, spot.label)
    page.component.instance.setData({ text: '灯不亮' })
    await page.tap('报上去', '.main')
    assert.ok(page.find('.pick', next))
    sound(set)
    page.close()
  }
})
