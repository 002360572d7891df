/** The homes of my grid that nobody has visited yet. Kept in the telephone: stairwells have no network. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const words = require('./words')

const MOST = 2000
/** Rows at once: two thousand are more than a telephone draws. */
const PART = 50

screen({
  words,
  often: true,
  data: { homes: [], count: 0, q: '', waiting: [], offline: false, cover: null },

  async load() {
    let offline = false
    let homes
    try {
      await hemei.visits.deliverAll()
      homes = await this.unvisited()
      hemei.platform.keep(hemei.DOORS, homes)
    } catch (error) {
      homes = hemei.platform.kept(hemei.DOORS)
      if (!(error instanceof hemei.Trouble) || !error.passes || !homes) throw error
      offline = true
    }
    this.all = homes
    return { ...this.part(Math.max(PART, this.data.homes.length)), waiting: hemei.visits.list(), offline }
  },

  methods: {
    /** The first so many of those whose place says what is looked for. */
    part(most) {
      const done = new Set(hemei.visits.list().map((one) => one.body.home_id))
      const found = this.all.filter((one) => one.label.includes(this.data.q.trim()))
      return { count: found.length, homes: found.slice(0, most).map((one) => ({ ...one, kept: done.has(one.id) })) }
    },

    look(event) {
      this.type(event)
      this.setData(this.part(PART))
    },

    more() {
      this.setData(this.part(this.data.homes.length + PART))
    },

    /** All of them, because the next stairwell may have no network. */
    async unvisited() {
      const homes = []
      let cursor
      do {
        const got = await hemei.api.ask('visits', { query: { state: 'unvisited', limit: 50, cursor } })
        homes.push(...got.items)
        cursor = got.next
        this.setData({ cover: got.cover })
      } while (cursor && homes.length < MOST)
      return homes
    },

    sync() {
      return this.act('sync', async () => {
        await hemei.visits.deliverAll()
        await this.refresh()
      })
    },

    /** Refused, and nothing will change that. */
    async drop(event) {
      if (!(await hemei.platform.ask(words.dropSure, '', words.yes, words.no))) return
      await hemei.visits.drop(event.currentTarget.dataset.id)
      await this.refresh()
    },
  },
})
