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
    const { template_ids: templates } = await hemei.api.ask('subscriptions', { query: { moment: 'posted' } })
    return { ...this.seen(one), templates }
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
      return this.act('file', () => hemei.api.showFile(event.currentTarget.dataset.url))
    },

    tell() {
      return this.act('tell', async () => {
        await hemei.askToTell('posted', this.data.templates)
        this.setData({ templates: [] })
      })
    },
  },
})
