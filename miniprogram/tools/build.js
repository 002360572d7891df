/**
 * Builds the folder that the WeChat developer tools open:
 *
 *     node tools/build.js OUT [BASE_URL [APPID]]
 *
 * The sources as they stand, of the npm packages only the components that a page or component names (with what
 * these name themselves), the server's address in config.js and the appid in project.config.json.
 */
const fs = require('node:fs')
const path = require('node:path')

const HERE = path.dirname(__dirname)
const SOURCES = path.join(HERE, 'src')
const NPM = 'miniprogram_npm'
const PARTS = ['.js', '.json', '.wxml', '.wxss']

/** @param {string} folder @returns {string[]} every file below it, relative to it */
function filesOf(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}

/** Where a package keeps what a mini-program may use: its package.json says so. */
function rootOf(name) {
  const home = path.join(HERE, 'node_modules', name)
  const said = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'))
  return path.join(home, said.miniprogram || 'miniprogram_dist')
}

/** What a file of a package needs beside it: components, styles, scripts. */
function named(file, text) {
  const found = []
  if (file.endsWith('.json')) found.push(...Object.values(JSON.parse(text).usingComponents || {}).flatMap(whole))
  if (file.endsWith('.wxss')) for (const hit of text.matchAll(/@import\s+["']([^"']+)["']/g)) found.push(hit[1])
  if (file.endsWith('.js')) for (const hit of text.matchAll(/require\(["'](\.[^"']+)["']\)/g)) found.push(script(hit[1]))
  if (file.endsWith('.wxml')) for (const hit of text.matchAll(/<(?:wxs|import|include)[^>]+src=["']([^"']+)["']/g)) found.push(hit[1])
  return found
}

const whole = (component) => PARTS.map((part) => component + part)
const script = (name) => (name.endsWith('.js') ? name : `${name}.js`)

class Packages {
  constructor(out) {
    this.out = out
    this.taken = new Set()
  }

  /** @param {string} spec "package/path/of/component" @returns {string} the same, as the built app names it */
  component(spec) {
    const [name, ...rest] = spec.split('/')
    for (const file of whole(rest.join('/'))) this.take(name, file)
    return `/${NPM}/${spec}`
  }

  /** One file and all that it names; a component may do without one of its four parts. */
  take(name, file) {
    const key = `${name}/${file}`
    const from = path.join(rootOf(name), file)
    if (this.taken.has(key) || !fs.existsSync(from)) return
    this.taken.add(key)
    const to = path.join(this.out, NPM, key)
    fs.mkdirSync(path.dirname(to), { recursive: true })
    fs.copyFileSync(from, to)
    for (const one of named(file, fs.readFileSync(from, 'utf8'))) {
      this.take(name, path.join(path.dirname(file), one))
    }
  }
}

/** @param {string} out @param {string} [base] @param {string} [appid] */
function build(out, base = 'http://127.0.0.1:8000', appid = 'touristappid') {
  fs.rmSync(out, { recursive: true, force: true })
  const packages = new Packages(out)
  for (const file of filesOf(SOURCES)) {
    if (file.endsWith('.d.ts')) continue
    const to = path.join(out, file)
    fs.mkdirSync(path.dirname(to), { recursive: true })
    const text = file.endsWith('.json') || file.endsWith('.wxss') ? fs.readFileSync(path.join(SOURCES, file), 'utf8') : null
    if (text === null) fs.copyFileSync(path.join(SOURCES, file), to)
    else fs.writeFileSync(to, file.endsWith('.json') ? withComponents(text, packages) : withStyles(text, file, packages))
  }
  fs.writeFileSync(path.join(out, 'config.js'), `module.exports = ${JSON.stringify({ base }, null, 2)}\n`)
  const project = JSON.parse(fs.readFileSync(path.join(HERE, 'project.config.json'), 'utf8'))
  project.appid = appid
  // because the tools refuse plain http otherwise, and a demo on this machine has nothing else
  project.setting.urlCheck = base.startsWith('https://')
  fs.writeFileSync(path.join(out, 'project.config.json'), `${JSON.stringify(project, null, 2)}\n`)
}

function withComponents(text, packages) {
  const said = JSON.parse(text)
  for (const [tag, spec] of Object.entries(said.usingComponents || {})) {
    if (!/^[./]/.test(spec)) said.usingComponents[tag] = packages.component(spec)
  }
  return `${JSON.stringify(said, null, 2)}\n`
}

/** Styles of a package are imported by its name: "weui-miniprogram/weui-wxss/…". */
function withStyles(text, file, packages) {
  return text.replace(/@import\s+["']([^."'/][^"']*)["']/g, (_, spec) => {
    const [name, ...rest] = spec.split('/')
    packages.take(name, rest.join('/'))
    return `@import "${path.posix.relative(path.posix.dirname(file), `${NPM}/${spec}`)}"`
  })
}

/** @returns {{main: number, subpackages: Record<string, number>}} bytes of each package, as the platform counts them */
function sizes(out) {
  const roots = (JSON.parse(fs.readFileSync(path.join(out, 'app.json'), 'utf8')).subPackages || []).map((one) => one.root)
  const found = { main: 0, subpackages: Object.fromEntries(roots.map((root) => [root, 0])) }
  for (const file of filesOf(out)) {
    if (file.startsWith('project.')) continue
    const root = roots.find((one) => file.startsWith(`${one}/`))
    const bytes = fs.statSync(path.join(out, file)).size
    if (root) found.subpackages[root] += bytes
    else found.main += bytes
  }
  return found
}

module.exports = { build, sizes, filesOf, SOURCES }

if (require.main === module) {
  const [out, base, appid] = process.argv.slice(2)
  if (!out) {
    console.error('usage: node tools/build.js OUT [BASE_URL [APPID]]')
    process.exit(2)
  }
  build(path.resolve(out), base || undefined, appid || undefined)
  const { main, subpackages } = sizes(path.resolve(out))
  const parts = Object.entries(subpackages).map(([root, bytes]) => `${root} ${Math.ceil(bytes / 1024)} KiB`)
  console.log(`${out}: main ${Math.ceil(main / 1024)} KiB, ${parts.join(', ')}`)
}
