/** One notice; looking at it marks it read. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { moment } = require('../../lib/time')
const { pictures } = require('../../lib/story')

screen({
  words: require('./words'),
  data: { one: null, at: '', photos: [], templates: [] },

  async load({ id }) {
    const one = await hemei.api.ask('notice', { id })
    const { template_ids: templates } = await hemei.api.ask('subscriptions', { query: { moment: 'posted' } })
    return { one, at: moment(one.sent_at, hemei.now()), photos: pictures(one.photos), templates }
  },

  methods: {
    confirm() {
      return this.act('confirm', async () => {
        await hemei.api.ask('notice.confirm', { id: this.query.id })
        await this.refresh()
      })
    },

    tell() {
      return this.act('tell', async () => {
        await hemei.askToTell('posted', this.data.templates)
        this.setData({ templates: [] })
      })
    },
  },
})
