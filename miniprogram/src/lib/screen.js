/**
 * What every page does: ask for the notice first, load, say what went wrong, load again, one act at a time.
 *
 *     screen({ words, data, load, methods })
 *
 * `load` gets the page's query and gives what to show; it runs again when the page is pulled down, and with `often`
 * whenever it is looked at again. `open` pages are read before anything was agreed to. `leaving` hears that the page
 * is out of sight, perhaps for ever.
 */
const hemei = require('./hemei')
const said = require('./words')

const NOTICE = '/pages/privacy/index'

/** Refusals that have a page of their own where they are mended. */
const CURES = {
  consent_needed: NOTICE,
  phone_needed: '/pages/homes/index?why=phone',
  home_needed: '/pages/homes/index?why=home',
  place_consent_needed: '/pages/consents/index?kind=precise_place',
}

/**
 * @param {{words: Record<string, any>, data?: Record<string, any>, load?: (this: any, query: any) => any,
 *   methods?: Record<string, any>, open?: boolean, often?: boolean, leaving?: (this: any) => void}} told
 */
function screen({ words, data = {}, load, methods = {}, open = false, often = false, leaving = () => undefined }) {
  Component({
    data: { w: words, state: load ? 'loading' : 'ready', trouble: '', cure: '', wrong: '', busy: '', big: false, ...data },
    // because `query` and `left` belong to the page and are not shown
    methods: /** @type {any} */ ({
      onLoad(query) {
        this.query = query || {}
        this.setData({ big: hemei.big() })
        return this.begin()
      },

      begin() {
        if (open || hemei.agreed()) return this.refresh()
        this.setData({ state: 'waiting' })
        return hemei.platform.go(NOTICE)
      },

      onShow() {
        this.setData({ big: hemei.big() })
        const bar = this.getTabBar && this.getTabBar()
        if (bar) bar.look()
        const again = this.left && (often || this.data.state === 'waiting' || this.data.state === 'trouble')
        this.left = this.led = false
        return again && (open || hemei.agreed()) ? this.refresh() : undefined
      },

      onHide() {
        this.left = true
        leaving.call(this)
      },

      onUnload() {
        leaving.call(this)
      },

      onPullDownRefresh() {
        return Promise.resolve(this.begin()).finally(hemei.platform.stopPulling)
      },

      /** Of several at once the last one counts, in whatever order they are answered. */
      async refresh() {
        if (!load) return this.setData({ state: 'ready' })
        const turn = (this.turn || 0) + 1
        this.turn = turn
        try {
          const got = await load.call(this, this.query)
          if (turn === this.turn) this.setData({ ...got, state: 'ready', trouble: '', cure: '' })
        } catch (error) {
          if (turn === this.turn) this.fail(error)
        }
        return undefined
      },

      /**
       * A bad line leaves what is shown, and a form that is being filled, where they are. What nobody thought of is
       * shown as well, because a page that only turns helps nobody.
       */
      fail(error) {
        const known = error instanceof hemei.Trouble
        if (known && error.passes && this.data.state === 'ready') return this.complain(error.message)
        this.setData({ state: 'trouble', trouble: known ? error.message : said.unknown, cure: known ? CURES[error.code] || '' : '' })
        if (!known) throw error
        return undefined
      },

      /** The button under a trouble: where it is mended, or once more. */
      again() {
        if (this.data.cure) return hemei.platform.go(this.data.cure)
        if (this.data.state !== 'waiting') this.setData({ state: 'loading' })
        return this.begin()
      },

      /** Said again when it was just said: what is shown at the top goes away by itself. */
      complain(wrong) {
        this.setData({ wrong: '' })
        this.setData({ wrong })
      },

      /** One act at a time: a second tap while the first is under way does nothing. */
      async act(name, doing) {
        if (this.data.busy) return undefined
        this.setData({ busy: name, wrong: '' })
        // because what was asked before knows nothing of what is done now
        if (this.data.state === 'ready') this.turn = (this.turn || 0) + 1
        try {
          return await doing()
        } catch (error) {
          if (error instanceof hemei.Trouble) {
            this.complain(error.message)
            const cure = CURES[error.code]
            if (cure && !hemei.platform.isAt(cure)) await hemei.platform.go(cure)
            else if (error.status === 409) await this.refresh() // because somebody was faster: what may be done has changed
          } else if (!(error instanceof hemei.platform.Refused)) throw error
          return undefined
        } finally {
          this.setData({ busy: '' })
        }
      },

      /** The platform's own button gives a code, once; the server fetches the number. */
      phone(event) {
        const { code, errMsg } = event.detail
        if (!code) return /deny|cancel/.test(errMsg || '') ? undefined : this.complain(said.noPhone)
        return this.act('phone', async () => {
          await hemei.api.ask('me.phone', { body: { code } })
          await this.refresh()
        })
      },

      /** For fields: data-name says which. */
      type(event) {
        this.setData({ [event.currentTarget.dataset.name]: event.detail.value })
      },

      /** For rows that lead somewhere: data-url says where. A second tap comes before the page is out of sight. */
      async open(event) {
        if (this.led) return
        this.led = true
        try {
          await hemei.platform.go(event.currentTarget.dataset.url)
        } catch (error) {
          this.led = false
          throw error
        }
      },

      call(event) {
        return hemei.platform.dial(event.currentTarget.dataset.phone)
      },

      ...methods,
    }),
  })
}

module.exports = { screen }
