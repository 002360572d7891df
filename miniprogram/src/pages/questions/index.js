/** A question about rules: an approved answer with its source, or it is kept for a person. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { date } = require('../../lib/time')
const { fresh } = require('../../lib/ids')
const words = require('./words')

screen({
  words,
  data: { text: '', asked: '', answer: null, until: '' },
  methods: {
    send() {
      const text = this.data.text.trim()
      if (!text) return this.setData({ wrong: words.needed })
      return this.act('send', async () => {
        const got = await hemei.api.ask('question', { body: { text }, key: fresh() })
        this.setData({ asked: text, text: '', answer: got, until: date(got.valid_until, hemei.now()) })
      })
    },
  },
})
