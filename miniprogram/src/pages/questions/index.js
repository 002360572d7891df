/** A question about rules: an approved answer with its source, or it is kept for a person. What was asked stays here. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { date } = require('../../lib/time')
const { wishes } = require('../../lib/ids')
const words = require('./words')

screen({
  words,
  data: { text: '', asked: '', answer: null, until: '', asOf: '', before: [] },

  async load() {
    const got = await hemei.api.ask('questions')
    const now = hemei.now()
    return { before: got.items.map((one) => ({ ...one, at: date(one.asked_at, now) })) }
  },

  methods: {
    send() {
      const text = this.data.text.trim()
      if (!text) return this.complain(words.needed)
      this.key = this.key || wishes()
      return this.act('send', async () => {
        const body = { text }
        const answer = await hemei.api.ask('question', { body, key: this.key(body) })
        const now = hemei.now()
        this.key = null
        this.setData({ asked: text, text: '', answer, until: date(answer.valid_until, now), asOf: date(answer.as_of, now) })
        await this.refresh()
      })
    },
  },
})
