/** What every page does on a bad day: hasty fingers, slow answers, a full pile of pages, somebody who was faster. */
const test = require('node:test')
const assert = require('node:assert/strict')
const town = require('./support/town')
const { Refusal, NoNetwork, theDocument, BASE } = require('./support/server')
const { pile, quiet } = require('./support/stage')
const { stage, sound } = require('./support/scenes')

const tapped = (dataset) => ({ currentTarget: { dataset } })

test('whoever came back from the notice without a yes finds the way to it, and nothing is asked meanwhile', async () => {
  const set = stage({}, { agreed: null, token: null, me: null })
  const page = await set.open('pages/matters/index')
  await page.is('onHide')
  await page.is('onShow')
  await page.component.instance.onPullDownRefresh()
  await page.component.instance.again()
  assert.match(page.text, /您的信息怎么用.*去看/)
  assert.deepEqual(set.weixin.of('navigateTo').map((one) => one.url), Array(3).fill('/pages/privacy/index'))
  assert.deepEqual(set.server.asked, [])
  assert.equal(page.data.state, 'waiting')
  page.close()
})

test('of two lists that were asked for the one that was asked for last is shown', async () => {
  const answers = {}
  const set = stage({ 'GET /cases': ({ query }) => new Promise((resolve) => { answers[query.state] = () => resolve(town.page([town.line({ text: query.state })])) }) })
  const opening = set.open('pages/matters/index')
  await quiet({ waiting: 0 })
  answers.open()
  const page = await opening
  const { instance } = page.component
  const both = [instance.which(tapped({ which: 'ended' })), instance.which(tapped({ which: 'open' }))]
  await quiet({ waiting: 0 })
  answers.open()
  answers.ended()
  await Promise.all(both)
  assert.deepEqual([page.data.which, page.data.lines[0].text, page.data.state], ['open', 'open', 'ready'])
  page.close()
})

test('what nobody thought of ends the waiting as well', async () => {
  const set = stage()
  const page = await set.open('pages/matter/index', { id: 'case-7' })
  page.component.instance.query = null
  page.component.instance.setData({ state: 'loading' })
  await assert.rejects(page.component.instance.refresh(), TypeError)
  assert.match(page.text, /请稍后再试.*再试一次/)
  page.close()
})

test('two quick taps on a line open it once, and it opens again later', async () => {
  const set = stage()
  const page = await set.open('pages/matters/index')
  const { instance } = page.component
  const line = tapped({ url: '/pages/matter/index?id=case-7' })
  await Promise.all([instance.open(line), instance.open(line)])
  await instance.open(line)
  assert.equal(set.weixin.of('navigateTo').length, 1)
  await page.is('onHide')
  await page.is('onShow')
  await instance.open(line)
  assert.equal(set.weixin.of('navigateTo').length, 2)
  page.close()
})

test('a line that could not be opened can be tapped again', async () => {
  const set = stage()
  const page = await set.open('pages/matters/index')
  set.weixin.fails.navigateTo = 'timeout'
  const line = tapped({ url: '/pages/matter/index?id=case-7' })
  await assert.rejects(page.component.instance.open(line))
  await assert.rejects(page.component.instance.open(line))
  assert.equal(set.weixin.of('navigateTo').length, 2)
  page.close()
})

test('on a full pile the next page takes the place of the last', async () => {
  for (const [below, act] of [[8, 'navigateTo'], [9, 'redirectTo']]) {
    const set = stage()
    const page = await set.open('pages/matters/index')
    pile(below)
    await page.component.instance.open(tapped({ url: '/pages/matter/index?id=case-7' }))
    assert.equal(set.weixin.of(act).length, 1, act)
    page.close()
  }
})

test('a page that a message has opened ends at the bar, because nothing lies below it', async () => {
  for (const [below, act] of [[0, 'switchTab'], [1, 'navigateBack']]) {
    const set = stage({ 'GET /cases/{id}': town.whole({ mine: false, may: ['leave'] }) })
    const page = await set.open('pages/matter/index', { id: 'case-7' })
    pile(below)
    await page.tap('我其实没遇到')
    assert.equal(set.weixin.of(act).length, 1, act)
    page.close()
  }
})

test('what an act is answered with is shown: nothing more is asked over a bad line', async () => {
  const set = stage({ 'GET /cases/{id}': town.whole(town.FINISHED), 'GET /subscriptions': () => { throw new NoNetwork() } })
  const page = await set.open('pages/matter/index', { id: 'case-7' })
  await page.tap('修好了，满意')
  assert.equal(set.server.of('GET /cases/{id}').length, 1)
  assert.match(page.text, /谢谢您.*打个星/)
  assert.equal(page.data.wrong, '')
  page.close()
})

test('where somebody was faster the page shows what may be done now', async () => {
  let accepted = false
  const set = stage({
    'GET /work/cases/{id}': () => town.whole({ may: accepted ? [] : ['accept'] }),
    'POST /work/cases/{id}/accept': () => { accepted = true; throw new Refusal(409, 'already_taken', '别人接了。') },
  }, { me: town.me(town.CADRE) })
  const page = await set.open('work/case/index', { id: 'case-7' })
  await page.tap('接单')
  assert.equal(page.data.wrong, '别人接了。')
  assert.ok(!page.has('.go', '接单'))
  page.close()
})

test('other words are another act, and the same words again are not', async () => {
  const set = stage({ 'POST /work/cases/{id}/progress': () => { throw new NoNetwork() } }, { me: town.me(town.CADRE) })
  const page = await set.open('work/case/index', { id: 'case-7' })
  await page.tap('写进度')
  for (const text of ['到了', '到了', '到了，在修']) {
    page.component.instance.setData({ text })
    await page.tap('写上')
  }
  const keys = set.server.of('POST /work/cases/{id}/progress').map((one) => one.header['Idempotency-Key'])
  assert.equal(keys[0], keys[1])
  assert.notEqual(keys[1], keys[2])
  sound(set)
  page.close()
})

test('pictures of a form stay in the telephone until it is sent, and no longer', async () => {
  let online = false
  const set = stage({ 'POST /work/cases/{id}/finish': () => { if (!online) throw new NoNetwork(); return town.whole({ state: 'finished', may: [] }) } }, { me: town.me(town.CADRE) })
  const page = await set.open('work/case/index', { id: 'case-7' })
  const photo = () => set.weixin.taken(1).map((one) => ({ path: one.tempFilePath, size: one.size }))[0]
  const [before, after, other] = [photo(), photo(), photo()]
  await page.tap('办好了')
  page.component.instance.beforeTaken({ detail: { photos: [other] } })
  page.component.instance.hide()
  assert.equal(set.weixin.files.has(other.path), false)
  await page.tap('办好了')
  page.component.instance.beforeTaken({ detail: { photos: [before] } })
  page.component.instance.afterTaken({ detail: { photos: [after] } })
  page.component.instance.setData({ text: '换了灯泡' })
  await page.tap('交给居民看')
  assert.ok(set.weixin.files.has(after.path))
  online = true
  await page.tap('交给居民看')
  const [, sent] = set.server.of('POST /work/cases/{id}/finish')
  assert.deepEqual([sent.body.before.length, sent.body.after.length], [1, 1])
  assert.equal(set.server.of('POST /uploads').length, 2)
  assert.deepEqual([set.weixin.files.has(before.path), set.weixin.files.has(after.path)], [false, false])
  page.close()
})

test('a form takes as many signs as the server does', async () => {
  const { paths, components } = theDocument()
  const taken = (rule, field) => {
    const { schema } = paths[`${BASE}${rule}`].post.requestBody.content['application/json']
    return components.schemas[schema.$ref.split('/').pop()].properties[field].maxLength
  }
  const set = stage({}, { me: town.me(town.CADRE) })
  for (const [route, base, forms] of [
    ['pages/matter/index', '/cases', { no: 'text', more: 'text', rate: 'text', withdraw: 'reason' }],
    ['work/case/index', '/work/cases', { return: 'reason', transfer: 'reason', progress: 'text', finish: 'text' }],
  ]) {
    const page = await set.open(route, { id: 'case-7' })
    for (const [form, field] of Object.entries(forms)) assert.equal(page.data.told[form].most, taken(`${base}/{id}/${form}`, field), form)
    page.close()
  }
})

test('a number that WeChat does not give is said, and a no to it is not', async () => {
  for (const [errMsg, wrong] of [['getPhoneNumber:fail user deny', ''], ['getPhoneNumber:fail errno 1400001', '没有拿到微信里的手机号，请再点一次，或者请社区登记。']]) {
    const set = stage({}, { me: town.me({ phone: null }) })
    const page = await set.open('pages/me/index')
    page.component.instance.phone({ detail: { errMsg } })
    assert.equal(page.data.wrong, wrong)
    assert.equal(set.server.of('POST /me/phone').length, 0)
    page.close()
  }
})

test('whoever has left finds the notice at the door', async () => {
  const set = stage()
  const page = await set.open('pages/me/index')
  await page.tap('退出')
  page.close()
  const asked = set.server.asked.length
  const report = await set.open('pages/matters/index')
  assert.equal(report.data.state, 'waiting')
  assert.equal(set.server.asked.length, asked)
  report.close()
})

test('as many bills are paid together as one order takes, the oldest of them', async () => {
  const bill = town.answers['GET /bills'].items[0]
  const bills = Array.from({ length: 25 }, (_, at) => ({ ...bill, id: `bill-${at}` }))
  const set = stage({ 'GET /bills': town.page(bills) })
  const page = await set.open('pages/bills/index')
  await page.tap('一起交', '.main')
  const { bill_ids: ids } = set.server.of('POST /orders')[0].body
  assert.deepEqual([ids.length, ids[0], ids.at(-1)], [20, 'bill-5', 'bill-24'])
  sound(set)
  page.close()
})

test('a bad line leaves a form that is being filled where it is', async () => {
  let online = true
  const set = stage({ 'GET /work/cases/{id}': () => { if (!online) throw new NoNetwork(); return town.whole({ may: ['finish'] }) } }, { me: town.me(town.CADRE) })
  const page = await set.open('work/case/index', { id: 'case-7' })
  await page.tap('办好了')
  page.component.instance.setData({ text: '换了灯泡' })
  online = false
  // the camera is opened: the page is left and comes back
  await page.is('onHide')
  await page.is('onShow')
  assert.deepEqual([page.data.state, page.data.form, page.data.text], ['ready', 'finish', '换了灯泡'])
  assert.match(page.data.wrong, /网络/)
  page.close()
})

test('whoever is where it is mended is not led there', async () => {
  const set = stage({ 'POST /homes': () => { throw new Refusal(403, 'phone_needed', '请先留一下手机号。') } }, { me: town.me({ phone: null, homes: [] }) })
  const page = await set.open('pages/homes/index')
  page.component.instance.setData({ place: { door: 'door-3-1' }, label: '3号楼', room: '302' })
  await page.tap('绑定', '.card .go')
  assert.equal(page.data.wrong, '请先留一下手机号。')
  assert.deepEqual(set.weixin.of('navigateTo'), [])
  assert.equal(page.data.room, '302')
  page.close()
})

test('before the nod one sees how it looks now', async () => {
  const photo = (part) => ({ id: part, url: `/api/v1/photos/${part}`, part, at: town.at('20T09:30') })
  const set = stage({ 'GET /cases/{id}': town.whole({ ...town.FINISHED, photos: [photo('report'), photo('before'), photo('finish')] }) })
  const page = await set.open('pages/matter/index', { id: 'case-7' })
  assert.deepEqual(page.data.proof.map((one) => one.part), ['before', 'finish'])
  assert.deepEqual(page.data.photos.map((one) => one.part), ['report'])
  sound(set)
  page.close()
})

test('a door of the bar that cannot be fetched is said', async () => {
  const set = stage({}, { me: town.me(town.CADRE) })
  set.weixin.fails.reLaunch = 'module work is not fetched'
  const bar = await set.open('custom-tab-bar/index')
  await bar.component.instance.go({ currentTarget: { dataset: { name: 'today' } } })
  assert.match(set.weixin.of('showToast')[0].title, /网络/)
  bar.close()
})
