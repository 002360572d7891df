/** One case at its keeper's hands: accept, return, transfer, progress, finish with before and after. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { story, way, pictures, named, ENDED } = require('../../lib/story')
const { until, moment } = require('../../lib/time')
const { fresh } = require('../../lib/ids')
const words = require('./words')

const FORMS = {
  return: { title: words.return, hint: words.returnHint, send: words.returnSend },
  transfer: { title: words.transfer, hint: words.transferHint, send: words.transferSend },
  progress: { title: words.progress, hint: words.progressHint, send: words.progressSend },
  finish: { title: words.finish, hint: words.finishHint, send: words.finishSend },
}

screen({
  words,
  often: true,
  data: {
    one: null, lines: [], stops: [], due: null, may: {}, photos: [], at: '', form: '', told: FORMS, text: '', before: [],
    after: [], why: '', receivers: [], names: [], to: -1,
  },

  async load({ id }) {
    const one = await hemei.api.ask('work.case', { id })
    const now = hemei.now()
    return {
      one: { ...one, who: named(one.who), phone: one.who ? one.who.phone : null }, due: ENDED.includes(one.state) ? null : until(one.due_at, now),
      at: moment(one.reported_at, now), photos: pictures(one.photos), lines: story(one.story, now),
      stops: way(one.state, words.way), may: Object.fromEntries(one.may.map((act) => [act, true])),
    }
  },

  methods: {
    accept() {
      return this.act('accept', async () => {
        await hemei.api.ask('work.accept', { id: this.query.id, key: fresh() })
        await this.refresh()
      })
    },

    show(event) {
      const { form } = event.currentTarget.dataset
      this.key = fresh()
      this.setData({ form, text: '', before: [], after: [], why: '', to: -1, wrong: '' })
      if (form !== 'transfer') return undefined
      return this.act('receivers', async () => {
        const { items } = await hemei.api.ask('work.receivers', { id: this.query.id })
        this.setData({ receivers: items, names: items.map((one) => one.label) })
      })
    },

    hide() {
      this.setData({ form: '' })
    },

    toPicked(event) {
      this.setData({ to: Number(event.detail.value) })
    },

    beforeTaken(event) {
      this.setData({ before: event.detail.photos })
    },

    afterTaken(event) {
      this.setData({ after: event.detail.photos })
    },

    /** @returns {string} what is missing, or "" */
    missing() {
      const { form, after, to, why } = this.data
      if (form === 'transfer' && to < 0) return words.pickNeeded
      if (!this.data.text.trim()) return words.needed
      return form === 'finish' && !after.length && !why.trim() ? words.photoNeeded : ''
    },

    send() {
      const missing = this.missing()
      if (missing) return this.complain(missing)
      return this.act('send', async () => {
        const { form, receivers, to } = this.data
        const text = this.data.text.trim()
        const before = await hemei.sendPhotos(this.data.before)
        const after = await hemei.sendPhotos(this.data.after)
        const body = {
          return: { reason: text }, progress: { text, photos: after }, finish: { text, before, after, ...(after.length ? {} : { no_photo_reason: this.data.why.trim() }) },
          transfer: { to: to < 0 ? '' : receivers[to].id, reason: text },
        }[form]
        await hemei.api.ask(/** @type {any} */ (`work.${form}`), { id: this.query.id, body, key: this.key })
        this.setData({ form: '' })
        if (form === 'return' || form === 'transfer') return hemei.platform.restart('/work/today/index')
        return this.refresh()
      })
    },
  },
})
