/** One case at its keeper's hands: accept, return, transfer, progress, finish with before and after. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { story, way, parted, named, ENDED } = require('../../lib/story')
const { until, moment } = require('../../lib/time')
const { fresh, wishes } = require('../../lib/ids')
const words = require('./words')

const FORMS = {
  return: { title: words.return, hint: words.returnHint, send: words.returnSend, most: 300 },
  transfer: { title: words.transfer, hint: words.transferHint, send: words.transferSend, most: 300 },
  progress: { title: words.progress, hint: words.progressHint, send: words.progressSend, most: 1000 },
  finish: { title: words.finish, hint: words.finishHint, send: words.finishSend, most: 1000 },
}

screen({
  words,
  often: true,
  data: {
    one: null, lines: [], stops: [], due: null, may: {}, photos: [], at: '', form: '', told: FORMS, text: '', before: [],
    after: [], why: '', receivers: [], names: [], to: -1,
  },

  async load({ id }) {
    return this.seen(await hemei.api.ask('work.case', { id }))
  },

  methods: {
    seen(one) {
      const now = hemei.now()
      return {
        one: { ...one, who: named(one.who), phone: one.who ? one.who.phone : null }, due: ENDED.includes(one.state) ? null : until(one.due_at, now),
        at: moment(one.reported_at, now), photos: parted(one.photos).photos, lines: story(one.story, now),
        stops: way(one.state, words.way), may: Object.fromEntries(one.may.map((act) => [act, true])),
      }
    },

    accept() {
      return this.act('accept', async () => {
        this.setData(this.seen(await hemei.api.ask('work.accept', { id: this.query.id, key: fresh() })))
      })
    },

    show(event) {
      const { form } = event.currentTarget.dataset
      this.key = wishes()
      this.setData({ form, text: '', before: [], after: [], why: '', to: -1, wrong: '' })
      if (form !== 'transfer') return undefined
      return this.act('receivers', async () => {
        const { items } = await hemei.api.ask('work.receivers', { id: this.query.id })
        this.setData({ receivers: items, names: items.map((one) => one.label) })
      })
    },

    hide() {
      if (!this.data.busy) hemei.forget([...this.data.before, ...this.data.after])
      this.setData({ form: '', before: [], after: [] })
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
        const taken = this.data.before.length
        const one = await hemei.sendWith([...this.data.before, ...this.data.after], (ids) => {
          const [before, after] = [ids.slice(0, taken), ids.slice(taken)]
          const body = {
            return: { reason: text }, progress: { text, photos: after }, finish: { text, before, after, ...(after.length ? {} : { no_photo_reason: this.data.why.trim() }) },
            transfer: { to: to < 0 ? '' : receivers[to].id, reason: text },
          }[form]
          return hemei.api.ask(/** @type {any} */ (`work.${form}`), { id: this.query.id, body, key: this.key(body) })
        })
        this.setData({ form: '', before: [], after: [] })
        if (form === 'return' || form === 'transfer') return hemei.platform.restart('/work/today/index')
        return this.setData(this.seen(one))
      })
    },
  },
})
