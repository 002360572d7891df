/** What there is to look at: each page as it stands in the small town, and some of them in the middle of an act. */
const town = require('./town')
const assert = require('node:assert/strict')
const { Server } = require('./server')
const { Weixin } = require('./weixin')
const path = require('node:path')
const { ROOT, Stage } = require('./stage')

require(path.join(ROOT, 'lib/hemei')).now = () => town.NOW

/** @param {any} stage @param {string} route @param {boolean} big @param {object} [me] @param {Record<string, string>} [query] */
function opened(stage, route, big, me = town.me(), query = { id: 'one' }) {
  const { wx } = stage.weixin
  wx.setStorageSync('agreed', '2026-11')
  wx.setStorageSync('token', 'token-of-the-test')
  wx.setStorageSync('me', me)
  if (big) wx.setStorageSync('elder', true)
  stage.server.answers['GET /me'] = { ...me, elder: big }
  return stage.open(route, query)
}

const plain = (stage, route, big) => opened(stage, route, big)

const SPECIAL = {
  'pages/report/index': {
    report: { play: plain },
    'report-written': {
      async play(stage, route, big) {
        stage.weixin.wx.setStorageSync('spot', { label: town.PLACE.label, place_id: town.PLACE.place_id })
        const page = await opened(stage, route, big)
        page.component.instance.pictures({ detail: { photos: [{ path: 'wxfile://1.jpg', size: 9 }] } })
        await page.hear('.words', 'blur', { value: '楼道灯不亮' })
        return page
      },
    },
  },
  'pages/privacy/index': {
    privacy: {
      play(stage, route, big) {
        if (big) stage.weixin.wx.setStorageSync('elder', true)
        stage.server.answers['POST /login'] = { ...town.answers['POST /login'], me: town.me({ elder: big }) }
        return stage.open(route, {})
      },
    },
  },
  'pages/matter/index': {
    matter: { play: plain },
    'matter-finished': { answers: { 'GET /cases/{id}': town.whole(town.FINISHED) }, play: plain },
    'matter-no': {
      answers: { 'GET /cases/{id}': town.whole(town.FINISHED) },
      async play(stage, route, big) {
        const page = await opened(stage, route, big)
        await page.tap('没修好')
        return page
      },
    },
  },
  'pages/hazards/index': { hazards: { play: (stage, route, big) => opened(stage, route, big, town.me(town.RIDER)) } },
  'pages/me/index': {
    me: { play: plain },
    'me-cadre': { play: (stage, route, big) => opened(stage, route, big, town.me(town.CADRE)) },
  },
  'pages/questions/index': {
    questions: {
      async play(stage, route, big) {
        const page = await opened(stage, route, big)
        await page.hear('.words', 'input', { value: '养老认证在哪儿办' })
        await page.tap('问')
        return page
      },
    },
  },
  'work/visit/index': {
    'work-visit': {
      async play(stage, route, big) {
        stage.weixin.wx.setStorageSync('visit-homes', town.DOORS)
        const page = await opened(stage, route, big, town.me(town.CADRE), { home_id: 'home-301' })
        await page.tap('见到了', '.choice')
        await page.tap('加一条意见')
        return page
      },
    },
  },
  'work/case/index': {
    'work-case': { play: (stage, route, big) => opened(stage, route, big, town.me(town.CADRE)) },
    'work-finish': {
      async play(stage, route, big) {
        const page = await opened(stage, route, big, town.me(town.CADRE))
        await page.tap('办好了')
        return page
      },
    },
  },
}

/** @param {string} route @returns {Record<string, {answers: object, play: (stage: any, route: string, big: boolean) => Promise<any>}>} by name */
function scenes(route) {
  const [folder, name] = route.split('/')
  const cadre = folder === 'work'
  const told = SPECIAL[route] || {
    [cadre ? `work-${name}` : name]: {
      play: (stage, to, big) => opened(stage, to, big, cadre ? town.me(town.CADRE) : town.me()),
    },
  }
  return Object.fromEntries(
    Object.entries(told).map(([key, scene]) => [key, { ...scene, answers: { ...town.answers, ...(scene.answers || {}) } }]))
}

/** @param {object} [answers] @param {object} [kept] what lies in the telephone */
function stage(answers = {}, kept = {}) {
  const weixin = new Weixin(new Server({ ...town.answers, ...answers }))
  const shelves = { agreed: '2026-11', token: 'token-of-the-test', me: town.me(), ...kept }
  for (const [key, value] of Object.entries(shelves)) if (value !== null) weixin.wx.setStorageSync(key, value)
  return new Stage(weixin)
}

const sound = (set) => assert.deepEqual(set.server.faults, [])

module.exports = { scenes, opened, stage, sound }
