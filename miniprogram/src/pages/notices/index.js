/** What was posted to me, newest first. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { moment } = require('../../lib/time')

const line = (one) => ({ ...one, at: moment(one.sent_at, hemei.now()) })

screen({
  words: require('./words'),
  often: true,
  data: { lines: [], next: null },

  async load() {
    const got = await hemei.api.ask('notices')
    return { lines: got.items.map(line), next: got.next }
  },

  methods: {
    more() {
      return this.act('more', async () => {
        const got = await hemei.api.ask('notices', { query: { cursor: this.data.next } })
        this.setData({ lines: [...this.data.lines, ...got.items.map(line)], next: got.next })
      })
    },
  },
})
