/** A page on the stage as a page of a browser: its elements, its styles, and stand-ins for what only WeChat draws. */
const fs = require('node:fs')
const path = require('node:path')
const { ROOT, APP } = require('./stage')

/** What the platform's own elements look like where nothing says otherwise; 750 rpx are the width. */
const OWN = `
* { -webkit-tap-highlight-color: transparent; }
html, body { margin: 0; }
body { font-family: "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; font-size: 16px; line-height: 1.4; }
main, hm-frame, hm-photos, hm-story, hm-row, hm-tabs, mp-cell, mp-cells, mp-loading, mp-toptips, mp-half-screen-dialog,
wx-view, wx-picker, wx-map, wx-textarea, wx-input, wx-image { display: block; }
main > *, wx-root-portal { display: block; }
wx-text { display: inline; white-space: pre-line; }
wx-button { display: block; box-sizing: border-box; position: relative; text-align: center; font-size: 18px; line-height: 2.5; padding: 0 14px; border-radius: 5px; }
wx-button:not([size=mini]) { width: 184px; margin-left: auto; margin-right: auto; }
wx-button[disabled]:not([type]) { color: rgba(0, 0, 0, .3); background: #f7f7f7; }
wx-image { overflow: hidden; background-size: cover; background-position: center; }
wx-input, wx-textarea { overflow: hidden; }
wx-input .hint, wx-textarea .hint { color: #767676; }
wx-switch { display: inline-block; box-sizing: border-box; width: 52px; height: 32px; border-radius: 16px; background: #dfdfdf; border: 2px solid #dfdfdf; }
wx-switch::before { content: ""; display: block; width: 28px; height: 28px; border-radius: 14px; background: #fff; }
wx-switch.on { background: #1a6547; border-color: #1a6547; }
wx-switch.on::before { margin-left: 20px; }
wx-map { background: repeating-linear-gradient(45deg, #dfe7dc 0 18px, #e9efe6 18px 36px); position: relative; }
.pin { position: absolute; width: 18px; height: 18px; border-radius: 50% 50% 50% 0; transform: rotate(-45deg); background: #9d1c1c; }
.bar-of-weixin { position: sticky; top: 0; z-index: 100; display: flex; align-items: center; justify-content: center; height: 44px; color: #fff; background: #1a6547; font-weight: 600; }
`

/** @param {string} file of styles in the built app @returns {string} with what it imports, as a browser takes it */
function styles(file) {
  if (!fs.existsSync(file)) return ''
  return fs
    .readFileSync(file, 'utf8')
    .replace(/@import\s+["']([^"']+)["'];?/g, (_, name) => styles(path.join(path.dirname(file), name)))
    .replace(/(-?[\d.]+)rpx/g, (_, number) => `calc(${number} * 100vw / 750)`)
    .replace(/([^{}]+)\{/g, (head) => (head.trim().startsWith('@') ? head : named(head)))
}

/** Selectors name the platform's elements without their prefix, and the page where a browser has its body. */
const named = (head) =>
  head
    .replace(/(^|[\s,>+~}])page(?=[\s.,:[{>+~])/g, '$1body')
    .replace(/(^|[\s,>+~}])(button|view|text|image|input|textarea|map|switch|picker)(?=[\s.,:[{>+~])/g, '$1wx-$2')

/** @param {string} component path below the root @param {Set<string>} seen @returns {string} its styles and those of what it uses */
function stylesOf(component, seen = new Set()) {
  if (seen.has(component)) return ''
  seen.add(component)
  const file = path.join(ROOT, component)
  const said = fs.existsSync(`${file}.json`) ? JSON.parse(fs.readFileSync(`${file}.json`, 'utf8')) : {}
  const below = Object.values({ ...(said.usingComponents || {}) }).map((spec) =>
    stylesOf(spec.startsWith('/') ? spec.slice(1) : path.posix.join(path.posix.dirname(component), spec), seen))
  return below.join('\n') + styles(`${file}.wxss`)
}

const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')

/** What an element would show by its properties, into the element. */
function shown(element) {
  const node = /** @type {any} */ (element).__wxElement
  const data = (node && node.data) || {}
  const tag = element.tagName.toLowerCase()
  if (tag === 'wx-image' && data.src) element.setAttribute('style', `${element.getAttribute('style') || ''};background-color:#c9d8c4`)
  if (tag === 'wx-input' || tag === 'wx-textarea') {
    element.innerHTML = data.value ? escaped(data.value) : `<span class="hint">${escaped(data.placeholder || '')}</span>`
  }
  if (tag === 'wx-switch' && data.checked) element.classList.add('on')
  if (tag === 'wx-button' && data.disabled) element.setAttribute('disabled', '')
  if (tag === 'wx-map') {
    element.innerHTML = (data.markers || []).map((_, at) => `<span class="pin" style="left:${40 + 14 * at}%;top:${38 + 9 * at}%"></span>`).join('')
  }
}

/** @param {any} page on the stage @param {string} route @returns {string} one HTML document */
function paint(page, route) {
  for (const element of page.parent.querySelectorAll('*')) shown(element)
  const frame = stylesOf('components/frame/index')
  const title = JSON.parse(fs.readFileSync(path.join(ROOT, `${route}.json`), 'utf8')).navigationBarTitleText
  const sheet = [OWN, styles(path.join(ROOT, 'app.wxss')), frame, stylesOf('custom-tab-bar/index'), stylesOf(route)].join('\n')
  const tabs = APP.tabBar.list.some((one) => one.pagePath === route) ? page.stage.bar(route) : ''
  const bar = `<div class="bar-of-weixin">${escaped(title || APP.window.navigationBarTitleText)}</div>`
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">`
    + `<title>${escaped(title)}</title><style>${sheet}</style><body>${bar}${page.html}${tabs}</body></html>`
}

module.exports = { paint }
