/**
 * The one door to WeChat: nothing else says `wx`. Every call is a promise; what the person or the platform refused
 * is a `Refused`.
 */

class Refused extends Error {
  /** @param {string} act @param {string} message */
  constructor(act, message) {
    super(`${act}: ${message}`)
    this.name = 'Refused'
  }
}

/**
 * @param {string} act a function of wx that takes `success` and `fail`
 * @param {object} [options]
 * @returns {Promise<any>}
 */
function call(act, options = {}) {
  return new Promise((resolve, reject) => {
    const failed = (error) => reject(new Refused(act, (error && error.errMsg) || String(error)))
    wx[act]({ ...options, success: resolve, fail: failed })
  })
}

/** @returns {Promise<string>} a code for the server, good once and for five minutes */
const loginCode = () => call('login').then((got) => got.code)

/**
 * @param {{url: string, method: string, header: object, data?: any, responseType?: string, timeout?: number}} options
 * @returns {Promise<{statusCode: number, data: any, header: Record<string, string>}>}
 */
const request = (options) => call('request', { timeout: options.data instanceof ArrayBuffer ? 60000 : 15000, ...options })

/** @param {string} key @returns {any} what was kept, or null */
const kept = (key) => wx.getStorageSync(key) || null
/** @param {string} key @param {any} value null forgets */
const keep = (key, value) => (value === null ? wx.removeStorageSync(key) : wx.setStorageSync(key, value))

/**
 * @param {number} most
 * @returns {Promise<{path: string, size: number}[]>} pictures, the platform's own compression, where they survive the
 *   app's end: a draft may wait for days
 */
async function pickPhotos(most) {
  const options = { count: most, mediaType: ['image'], sizeType: ['compressed'], sourceType: ['camera', 'album'] }
  const { tempFiles } = await call('chooseMedia', options)
  return Promise.all(tempFiles.map(async (file) => ({ path: await saved(file.tempFilePath), size: file.size })))
}

/** @returns {Promise<string>} where it lies now: where it was, when the telephone is full */
function saved(path) {
  const files = wx.getFileSystemManager()
  return new Promise((resolve) => {
    files.saveFile({ tempFilePath: path, success: (got) => resolve(got.savedFilePath), fail: () => resolve(path) })
  })
}

function removeFile(path) {
  const files = wx.getFileSystemManager()
  return new Promise((resolve) => files.removeSavedFile({ filePath: path, complete: () => resolve(undefined) }))
}

/** @returns {Promise<ArrayBuffer>} `length` bytes of a file from `position` on */
function readPart(path, position, length) {
  const files = wx.getFileSystemManager()
  return new Promise((resolve, reject) => {
    const failed = (error) => reject(new Refused('readFile', error.errMsg))
    files.readFile({ filePath: path, position, length, success: (got) => resolve(/** @type {ArrayBuffer} */ (got.data)), fail: failed })
  })
}

/** @returns {Promise<{lat: number, lng: number}>} GCJ-02, as the town's own coordinates */
const here = () => call('getLocation', { type: 'gcj02' }).then((got) => ({ lat: got.latitude, lng: got.longitude }))
/** The person points at a place on the map. @returns {Promise<{lat: number, lng: number, name: string}>} */
const pickPlace = () =>
  call('chooseLocation').then((got) => ({ lat: got.latitude, lng: got.longitude, name: got.name || got.address }))
/** @returns {Promise<string>} what a QR code or a mini-program code says */
const scan = () => call('scanCode', { scanType: ['qrCode', 'wxCode'] }).then((got) => got.path || got.result)

/** @param {any} signed as the server signed it; the window takes these five */
const pay = ({ timeStamp, nonceStr, package: prepaid, signType, paySign }) =>
  call('requestPayment', { timeStamp, nonceStr, package: prepaid, signType, paySign })
/** @param {string[]} templates @returns {Promise<Record<string, string>>} what was answered for each */
async function askToTell(templates) {
  const got = await call('requestSubscribeMessage', { tmplIds: templates })
  return Object.fromEntries(templates.filter((id) => got[id]).map((id) => [id, got[id]]))
}

/** The platform piles up ten pages and no more. */
const DEEPEST = 10
const go = (url) => call(getCurrentPages().length < DEEPEST ? 'navigateTo' : 'redirectTo', { url })
const replace = (url) => call('redirectTo', { url })
const goTab = (url) => call('switchTab', { url })
const restart = (url) => call('reLaunch', { url })
/** @param {string} url @returns {boolean} whether that page is looked at, whatever it was asked for */
const isAt = (url) => url.split('?')[0] === `/${(getCurrentPages().slice(-1)[0] || { route: '' }).route}`
/** @param {string} first a page of the bar, where there is none to go back to: a message or a code opened this one */
const back = (first) => (getCurrentPages().length > 1 ? call('navigateBack') : goTab(first))
const dial = (phone) => call('makePhoneCall', { phoneNumber: phone }).catch(() => undefined)
const showPhotos = (urls, current) => call('previewImage', { urls, current })
const showOnMap = (lat, lng, name) => call('openLocation', { latitude: lat, longitude: lng, name, scale: 17 })
/** @returns {Promise<{statusCode: number, tempFilePath: string}>} */
const download = (url, header) => call('downloadFile', { url, header })
/** In WeChat's own reader. @param {string} path @param {string} type its name's ending: the path need not say it */
const openFile = (path, type) => call('openDocument', { filePath: path, fileType: type, showMenu: true })

/** The platform's own page about what personal data the app touches. */
const openContract = () => call('openPrivacyContract')
const say = (title) => call('showToast', { title, icon: 'none', duration: 2500 })
/** @returns {Promise<boolean>} */
const ask = (title, content, confirmText, cancelText) =>
  call('showModal', { title, content, confirmText, cancelText }).then((got) => Boolean(got.confirm))
const stopPulling = () => wx.stopPullDownRefresh()
const onOnline = (act) => wx.onNetworkStatusChange((now) => now.isConnected && act())

module.exports = {
  Refused, loginCode, request, kept, keep, pickPhotos, removeFile, readPart, here, pickPlace, scan, pay,
  askToTell, go, isAt, replace, goTab, restart, back, dial, showPhotos, showOnMap, openContract, say, ask,
  stopPulling, onOnline, download, openFile,
}
