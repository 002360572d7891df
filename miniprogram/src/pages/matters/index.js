/** What I reported or joined, open first. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const { row } = require('../../lib/story')

screen({
  words: require('./words'),
  often: true,
  data: { which: 'open', lines: [], next: null, waiting: 0 },

  async load() {
    const got = await hemei.api.ask('cases', { query: { state: this.data.which } })
    const now = hemei.now()
    return { lines: got.items.map((one) => row(one, now)), next: got.next, waiting: hemei.reports.list().length }
  },

  methods: {
    which(event) {
      this.setData({ which: event.currentTarget.dataset.which, state: 'loading' })
      return this.refresh()
    },

    more() {
      return this.act('more', async () => {
        const got = await hemei.api.ask('cases', { query: { state: this.data.which, cursor: this.data.next } })
        const now = hemei.now()
        this.setData({ lines: [...this.data.lines, ...got.items.map((one) => row(one, now))], next: got.next })
      })
    },

    toReport() {
      return hemei.platform.goTab('/pages/report/index')
    },
  },
})
