/** One thumb: a picture, where, a sentence. What cannot be sent stays in the telephone and goes by itself later. */
const { screen } = require('../../lib/screen')
const hemei = require('../../lib/hemei')
const spots = require('../../lib/spot')
const { fromQuery } = require('../../lib/scene')
const words = require('./words')

const MOST_PHOTOS = 6
const CATEGORIES = 'categories'
/** What a code other than a door's leads to. */
const PAGES = { bill: '/pages/bill/index', case: '/pages/matter/index', notice: '/pages/paper/index' }

screen({
  words,
  often: true,
  data: {
    most: MOST_PHOTOS, photos: [], text: '', spot: null, category: '', label: '', guessed: false, same: [],
    waiting: [], codes: [], labels: [],
  },

  async load(query) {
    this.waitingNow()
    const { scene, door } = fromQuery(query)
    const isFirst = !this.read
    this.read = true
    if (isFirst && (scene || door)) await this.byCode(scene, door)
    await this.categories()
    this.goOn(hemei.begun())
    return { spot: spots.usual(hemei.platform, hemei.me()) }
  },

  /** Whoever is called away in the middle of a sentence finds it again, also when WeChat has ended the app. */
  leaving() {
    const { text, category, photos } = this.data
    if (text.trim() || photos.length) hemei.begin({ text, category, photos })
  },

  methods: {
    /**
     * A door says where it is; a bill or a matter is shown to whoever may see it. A code that opens nothing, or no
     * network, must not stand in the way of a report.
     */
    async byCode(scene, door) {
      const code = scene || door
      let got
      try {
        got = await hemei.api.ask('scene', { scene: code, open: true })
      } catch (error) {
        if (!(error instanceof hemei.Trouble)) throw error
        if (error.passes && door) return spots.choose(hemei.platform, { label: words.thisDoor, door })
        return this.complain(error.passes ? error.message : words.deadCode)
      }
      if (got.door) return spots.choose(hemei.platform, { ...spots.ofPlace(got.place), door: got.door })
      return PAGES[got.kind] ? hemei.platform.go(`${PAGES[got.kind]}?id=${got.id || code}`) : undefined
    },

    /** Asked once and kept: they are needed without a network too. */
    async categories() {
      let known = hemei.platform.kept(CATEGORIES)
      if (!known) {
        try {
          known = (await hemei.api.ask('categories')).items
          hemei.platform.keep(CATEGORIES, known)
        } catch (error) {
          if (!(error instanceof hemei.Trouble) || !error.passes) throw error
          known = []
        }
      }
      this.setData({ codes: known.map((one) => one.category), labels: known.map((one) => one.label) })
    },

    goOn(said) {
      if (!said || this.data.text || this.data.photos.length) return
      const at = this.data.codes.indexOf(said.category)
      this.setData({ text: said.text, photos: said.photos || [], ...(at < 0 ? {} : { category: said.category, label: this.data.labels[at] }) })
    },

    waitingNow() {
      this.setData({ waiting: hemei.reports.list() })
    },

    pictures(event) {
      this.setData({ photos: event.detail.photos })
    },

    place() {
      return hemei.platform.go('/pages/place/index')
    },

    /** Asked when the words are finished, not at every sign. */
    async guess(event) {
      const text = event.detail.value.trim()
      this.setData({ text })
      if (!text || (this.data.category && !this.data.guessed)) return
      try {
        const got = await hemei.api.ask('guess', { body: { text } })
        if (this.data.text.trim() !== text) return // because it was sent meanwhile, or says something else
        if (got.category) this.setData({ category: got.category, label: got.label, guessed: true })
        const { spot } = this.data
        if (got.place && !(spot && spot.meant)) this.setData({ spot: spots.suppose(hemei.platform, spots.ofPlace(got.place)) })
        await this.lookForSame(text)
      } catch (error) {
        // because a guess is help, and help that fails must not stand in the way
        if (!(error instanceof hemei.Trouble)) throw error
      }
    },

    async lookForSame(text) {
      const { spot, category } = this.data
      if (!spot || !spot.place_id || !category) return
      const got = await hemei.api.ask('reports.same', { query: { place_id: spot.place_id, category } })
      if (this.data.text.trim() === text) this.setData({ same: got.items })
    },

    categoryPicked(event) {
      const at = Number(event.detail.value)
      this.setData({ category: this.data.codes[at], label: this.data.labels[at], guessed: false })
    },

    join(event) {
      const { id } = event.currentTarget.dataset
      return this.act('join', async () => {
        const { photos } = this.data
        await hemei.api.ask('case.join', { id, body: { text: this.data.text.trim() } })
        if (photos.length) await hemei.sendWith(photos, (ids) => hemei.api.ask('case.more', { id, body: { text: '', photos: ids } }))
        await hemei.platform.say(words.joined)
        this.clear()
        return hemei.platform.go(`/pages/matter/index?id=${id}`)
      })
    },

    send() {
      const { text, photos, category, spot } = this.data
      if (!text.trim() && !photos.length) return this.complain(words.needed)
      return this.act('send', () => {
        const body = { text: text.trim(), ...(category ? { category } : {}), ...(spot ? spots.inReport(spot) : {}) }
        const draft = hemei.reports.add(body, photos)
        this.clear()
        return this.deliver(draft)
      })
    },

    async deliver(draft) {
      try {
        const made = await hemei.reports.deliver(draft)
        hemei.arrived(made)
        await hemei.platform.go(`/pages/reported/index?id=${made.id}`)
      } catch (error) {
        if (!(error instanceof hemei.Trouble)) throw error
        if (!error.passes) throw error
        await hemei.platform.say(words.keptOffline)
      } finally {
        this.waitingNow()
      }
    },

    clear() {
      spots.settle(hemei.platform)
      this.setData({ photos: [], text: '', category: '', label: '', guessed: false, same: [], spot: spots.usual(hemei.platform, hemei.me()) })
    },

    once(event) {
      const draft = hemei.reports.find(event.currentTarget.dataset.id)
      return draft ? this.act('send', () => this.deliver(draft)) : this.waitingNow()
    },

    /** What was refused, back where it can be mended. It never was a case, so it may go under another name. */
    edit(event) {
      const { text, photos } = this.data
      const draft = hemei.reports.find(event.currentTarget.dataset.id)
      if (!draft) return this.waitingNow()
      if (text.trim() || photos.length) return this.complain(words.oneFirst)
      hemei.reports.take(draft.id)
      this.goOn({ text: draft.body.text, category: draft.body.category || '', photos: draft.photos })
      return this.waitingNow()
    },

    async drop(event) {
      const { id } = event.currentTarget.dataset
      if (!(await hemei.platform.ask(words.dropSure, '', words.yes, words.no))) return
      // because it may have gone by itself meanwhile, and then it is a case
      if (hemei.reports.isGoing(id) || !hemei.reports.find(id)) this.complain(words.gone)
      else await hemei.reports.drop(id)
      this.waitingNow()
    },
  },
})
