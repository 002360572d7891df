/**
 * What every page does: ask for the notice first, load, say what went wrong, load again, one act at a time.
 *
 *     screen({ words, data, load, methods })
 *
 * `load` gets the page's query and gives what to show; it runs again when the page is pulled down, and with `often`
 * whenever it is looked at again. `open` pages are read before anything was agreed to.
 */
const hemei = require('./hemei')

/** Refusals that have a page of their own where they are mended. */
const CURES = {
  consent_needed: '/pages/privacy/index',
  phone_needed: '/pages/homes/index?why=phone',
  home_needed: '/pages/homes/index?why=home',
  place_consent_needed: '/pages/consents/index?kind=precise_place',
}

/**
 * @param {{words: Record<string, any>, data?: Record<string, any>, load?: (this: any, query: any) => any,
 *   methods?: Record<string, any>, open?: boolean, often?: boolean}} told
 */
function screen({ words, data = {}, load, methods = {}, open = false, often = false }) {
  Component({
    data: { w: words, state: load ? 'loading' : 'ready', trouble: '', cure: '', wrong: '', busy: '', big: false, ...data },
    // because `query` and `left` belong to the page and are not shown
    methods: /** @type {any} */ ({
      onLoad(query) {
        this.query = query || {}
        this.setData({ big: hemei.big() })
        if (open || hemei.agreed()) return this.refresh()
        this.setData({ state: 'waiting' })
        return hemei.platform.go('/pages/privacy/index')
      },

      onShow() {
        this.setData({ big: hemei.big() })
        const bar = this.getTabBar && this.getTabBar()
        if (bar) bar.look()
        const again = this.left && (often || this.data.state === 'waiting' || this.data.state === 'trouble')
        this.left = false
        return again && (open || hemei.agreed()) ? this.refresh() : undefined
      },

      onHide() {
        this.left = true
      },

      onPullDownRefresh() {
        return this.refresh().finally(hemei.platform.stopPulling)
      },

      async refresh() {
        if (!load) return this.setData({ state: 'ready' })
        try {
          const got = await load.call(this, this.query)
          this.setData({ ...got, state: 'ready', trouble: '', cure: '' })
        } catch (error) {
          this.fail(error)
        }
      },

      fail(error) {
        if (!(error instanceof hemei.Trouble)) throw error
        this.setData({ state: 'trouble', trouble: error.message, cure: CURES[error.code] || '' })
      },

      /** The button under a trouble: where it is mended, or once more. */
      again() {
        if (this.data.cure) return hemei.platform.go(this.data.cure)
        this.setData({ state: 'loading' })
        return this.refresh()
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
        try {
          return await doing()
        } catch (error) {
          if (error instanceof hemei.Trouble) {
            this.complain(error.message)
            if (CURES[error.code]) await hemei.platform.go(CURES[error.code])
          } else if (!(error instanceof hemei.platform.Refused)) throw error
          return undefined
        } finally {
          this.setData({ busy: '' })
        }
      },

      /** For fields: data-name says which. */
      type(event) {
        this.setData({ [event.currentTarget.dataset.name]: event.detail.value })
      },

      /** For rows that lead somewhere: data-url says where. */
      open(event) {
        return hemei.platform.go(event.currentTarget.dataset.url)
      },

      call(event) {
        return hemei.platform.dial(event.currentTarget.dataset.phone)
      },

      ...methods,
    }),
  })
}

module.exports = { screen }
