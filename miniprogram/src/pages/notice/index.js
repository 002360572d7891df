/** One notice; looking at it marks it read. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { moment } = require('../../lib/time')
const { pictures } = require('../../lib/story')

screen({
  words: require('./words'),
  data: { one: null, at: '', until: '', photos: [], templates: [] },

  async load({ id }) {
    const one = await hemei.api.ask('notice', { id })
    return { ...this.seen(one), templates: await hemei.mayTell('posted') }
  },

  methods: {
    seen(one) {
      const now = hemei.now()
      return { one, at: moment(one.sent_at, now), until: moment(one.valid_until, now), photos: pictures(one.photos) }
    },

    come() {
      return this.answers('notice.confirm')
    },

    cannot() {
      return this.answers('notice.cannot')
    },

    answers(act) {
      return this.act('answer', async () => this.setData(this.seen(await hemei.api.ask(act, { id: this.query.id }))))
    },

    file(event) {
      const { url, name } = event.currentTarget.dataset
      return this.act('file', () => hemei.api.showFile(url, name))
    },

    tell() {
      return this.act('tell', async () => {
        await hemei.askToTell('posted', this.data.templates)
        this.setData({ templates: [] })
      })
    },
  },
})
