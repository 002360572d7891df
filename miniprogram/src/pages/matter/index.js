/** One matter as a story, and what its person may do now: nod with one tap, say no, add, rate, withdraw. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { story, way, parted, named, ENDED } = require('../../lib/story')
const { until, moment } = require('../../lib/time')
const { wishes } = require('../../lib/ids')
const words = require('./words')

/**
 * What each form asks: its heading, the hint in its field, its button, how many signs it takes, whether words and
 * pictures belong to it.
 */
const FORMS = {
  no: { title: words.noTitle, hint: words.noHint, send: words.noSend, most: 1000, needed: true, photos: true },
  more: { title: words.more, hint: words.moreHint, send: words.moreSend, most: 1000, needed: false, photos: true },
  rate: { title: words.rate, hint: words.rateHint, send: words.rateSend, most: 1000, needed: false, photos: false },
  withdraw: { title: words.withdraw, hint: words.withdrawHint, send: words.withdrawSend, most: 200, needed: true, photos: false },
}

screen({
  words,
  often: true,
  data: {
    one: null, lines: [], stops: [], due: null, may: {}, photos: [], proof: [], at: '', form: '', told: FORMS, text: '', added: [],
    grade: 0, said: '', templates: [],
  },

  async load(query) {
    this.id = query.id || (await this.numbered(query.number))
    return this.seen(await hemei.api.ask('case', { id: this.id }))
  },

  methods: {
    /** A message names a matter by its number; which it is follows from what is mine. */
    async numbered(number) {
      const mine = await hemei.api.all('cases', { query: { limit: 50 } })
      const found = mine.find((one) => one.number === number)
      if (!found) throw new hemei.Trouble('not_found', words.notMine, null, 404)
      return found.id
    },

    seen(one) {
      const now = hemei.now()
      const due = ENDED.includes(one.state) || one.state === 'finished' ? null : until(one.due_at, now)
      return {
        one: { ...one, who: named(one.who), phone: one.who ? one.who.phone : null }, due, at: moment(one.reported_at, now), ...parted(one.photos),
        lines: story(one.story, now), stops: way(one.state, words.way),
        may: Object.fromEntries(one.may.map((act) => [act, true])),
      }
    },

    /** @param {string} act @param {object | undefined} body @param {string} said @param {string} [key] */
    async does(act, body, said, key) {
      const one = await hemei.api.ask(/** @type {any} */ (`case.${act}`), { id: this.id, body, key })
      this.setData({ ...this.seen(one), form: '', text: '', added: [], grade: 0, said })
    },

    nod() {
      return this.act('nod', async () => {
        await this.does('nod', undefined, words.nodded)
        this.setData({ templates: await hemei.mayTell('finished') })
      })
    },

    tell() {
      return this.act('tell', async () => {
        await hemei.askToTell('finished', this.data.templates)
        this.setData({ templates: [] })
      })
    },

    join() {
      return this.act('join', () => this.does('join', { text: '' }, words.joined))
    },

    leave() {
      return this.act('leave', async () => {
        await hemei.api.ask('case.leave', { id: this.id })
        return hemei.platform.back('/pages/matters/index')
      })
    },

    show(event) {
      this.key = wishes()
      this.setData({ form: event.currentTarget.dataset.form, text: '', added: [], grade: 0, wrong: '' })
    },

    hide() {
      if (!this.data.busy) hemei.forget(this.data.added)
      this.setData({ form: '', added: [] })
    },

    pictures(event) {
      this.setData({ added: event.detail.photos })
    },

    grade(event) {
      this.setData({ grade: event.currentTarget.dataset.grade })
    },

    send() {
      const { form, text, added, grade } = this.data
      const said = text.trim()
      if (FORMS[form].needed && !said && !added.length) return this.complain(words.wordsNeeded)
      if (form === 'more' && !said && !added.length) return this.complain(words.wordsNeeded)
      if (form === 'rate' && !grade) return this.complain(words.gradeNeeded)
      return this.act('send', async () => {
        await hemei.sendWith(added, (photos) => {
          const body = {
            no: { text: said, photos }, more: { text: said, photos }, rate: { grade, text: said }, withdraw: { reason: said },
          }[form]
          return this.does(form, body, '', FORMS[form].photos ? this.key(body) : undefined)
        })
      })
    },
  },
})
