/** The homes of my grid that nobody has visited yet. Kept in the telephone: stairwells have no network. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')

const MOST = 2000

screen({
  words: require('./words'),
  often: true,
  data: { homes: [], waiting: [], offline: false, cover: null },

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
    const waiting = hemei.visits.list()
    const done = new Set(waiting.map((one) => one.body.home_id))
    return { homes: homes.map((one) => ({ ...one, kept: done.has(one.id) })), waiting, offline }
  },

  methods: {
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
        for (const draft of hemei.visits.list()) await hemei.visits.deliver(draft)
        await this.refresh()
      })
    },
  },
})
