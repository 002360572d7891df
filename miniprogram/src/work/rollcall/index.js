/** Roll-calls: one tap answers, the last word counts. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { moment } = require('../../lib/time')

screen({
  words: require('./words'),
  often: true,
  data: { items: [] },

  async load() {
    const got = await hemei.api.ask('rollcalls')
    const now = hemei.now()
    return { items: got.items.map((one) => ({ ...one, until: moment(one.until, now) })) }
  },

  methods: {
    answer(event) {
      const { id, answer } = event.currentTarget.dataset
      return this.act('answer', async () => {
        await hemei.api.ask('rollcall.answer', { id, body: { answer } })
        await this.refresh()
      })
    },
  },
})
