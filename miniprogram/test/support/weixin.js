/** WeChat as the pages see it: what they ask of it is kept in `did`, what it answers is set on it. */

/** What wx.request can do (its page, object.method). */
const VERBS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT']

class Weixin {
  /** @param {import('./server').Server} server */
  constructor(server) {
    this.server = server
    this.kept = new Map()
    this.did = []
    this.files = new Map()
    this.online = []
    this.answers = {
      login: { code: 'code-of-the-login' },
      getLocation: { latitude: 46.63, longitude: 126.98 },
      chooseLocation: { latitude: 46.64, longitude: 126.99, name: '人民广场', address: '' },
      scanCode: { result: 'https://hemei.example/q/door-3-1' },
      showModal: { confirm: true },
      requestPayment: {},
    }
    this.fails = {}
  }

  /** @param {string} act @returns {any[]} what was asked of it, in order */
  of(act) {
    return this.did.filter((one) => one.act === act).map((one) => one.options)
  }

  does(act, options) {
    this.did.push({ act, options })
    const { success, fail } = options
    for (const word of act === 'showModal' ? [options.confirmText, options.cancelText] : []) {
      if (word.length > 4) throw new Error(`a button of showModal says at most four signs: ${word}`)
    }
    queueMicrotask(() => {
      if (this.fails[act]) fail && fail({ errMsg: `${act}:fail ${this.fails[act]}` })
      else success && success(this.answered(act, options))
    })
  }

  answered(act, options) {
    if (act === 'chooseMedia') return { tempFiles: this.taken(options.count) }
    if (act === 'requestSubscribeMessage') {
      return Object.fromEntries(options.tmplIds.map((id) => [id, this.answers.subscribed || 'accept']))
    }
    return this.answers[act] || {}
  }

  /** Pictures as the camera would give them: one, of some hundred kilobytes. */
  taken(count) {
    const name = `wxfile://tmp/${this.files.size + 1}.jpg`
    this.files.set(name, new Uint8Array(this.answers.photoSize || 300 * 1024).fill(7))
    return [{ tempFilePath: name, size: this.files.get(name).length }].slice(0, count)
  }

  /** @returns {any} what goes where `wx` stands */
  get wx() {
    const own = {
      request: (options) => {
        if (!VERBS.includes(options.method)) throw new Error(`wx.request knows no ${options.method}`)
        this.server.handle(options).then(options.success, (error) => options.fail({ errMsg: `request:fail ${error.message}` }))
      },
      getStorageSync: (key) => (this.kept.has(key) ? JSON.parse(this.kept.get(key)) : ''),
      setStorageSync: (key, value) => this.kept.set(key, JSON.stringify(value)),
      removeStorageSync: (key) => this.kept.delete(key),
      onNetworkStatusChange: (heard) => this.online.push(heard),
      stopPullDownRefresh: () => this.did.push({ act: 'stopPullDownRefresh', options: {} }),
      nextTick: (act) => queueMicrotask(act),
      getFileSystemManager: () => ({
        saveFile: ({ tempFilePath, success, fail }) => {
          if (this.fails.saveFile) return fail({ errMsg: `saveFile:fail ${this.fails.saveFile}` })
          const savedFilePath = tempFilePath.replace('tmp', 'store')
          this.files.set(savedFilePath, this.files.get(tempFilePath))
          return success({ savedFilePath })
        },
        removeSavedFile: ({ filePath, complete }) => {
          this.files.delete(filePath)
          complete({})
        },
        readFile: ({ filePath, position, length, success, fail }) => {
          const file = this.files.get(filePath)
          if (!file) return fail({ errMsg: 'readFile:fail no such file' })
          return success({ data: file.slice(position, position + length).buffer })
        },
      }),
    }
    return new Proxy(own, {
      get: (target, act) => target[act] || ((options = {}) => this.does(String(act), options)),
    })
  }
}

module.exports = { Weixin }
