import { defineConfig } from '@adonisjs/core/app'

export default defineConfig({
  directories: {
    commands: 'start/commands',
    models: 'core',
    httpControllers: 'core',
    migrations: 'database/migrations',
    tmp: 'var/tmp',
  },

  /*
  | Each domain brings its own commands; start/commands lists them.
  */
  commands: [() => import('@adonisjs/core/commands'), () => import('@adonisjs/lucid/commands')],

  providers: [
    () => import('@adonisjs/core/providers/app_provider'),
    () => import('@adonisjs/core/providers/hash_provider'),
    { file: () => import('@adonisjs/core/providers/repl_provider'), environment: ['repl', 'test'] },
    () => import('@adonisjs/core/providers/vinejs_provider'),
    () => import('@adonisjs/core/providers/edge_provider'),
    () => import('@adonisjs/lucid/database_provider'),
    () => import('@adonisjs/session/session_provider'),
    () => import('@adonisjs/auth/auth_provider'),
    () => import('@adonisjs/shield/shield_provider'),
    () => import('@adonisjs/i18n/i18n_provider'),
    () => import('@adonisjs/limiter/limiter_provider'),
    () => import('@adonisjs/mail/mail_provider'),
    () => import('@adonisjs/transmit/transmit_provider'),
    () => import('#core/http/assets_provider'),
    () => import('#core/plugins/plugins_provider'),
  ],

  preloads: [
    { file: () => import('#core/http/request_moment'), environment: ['web', 'test'] },
    () => import('#start/domains'),
    { file: () => import('#start/kernel'), environment: ['web', 'test'] },
    { file: () => import('#start/routes'), environment: ['web', 'test'] },
    { file: () => import('#start/live'), environment: ['web'] },
  ],

  metaFiles: [
    { pattern: 'resources/views/**/*.edge', reloadServer: false },
    { pattern: 'resources/lang/**/*.json', reloadServer: false },
    { pattern: 'core/**/*.sql', reloadServer: false },
    { pattern: 'database/**/*.sql', reloadServer: false },
    { pattern: 'core/**/*.schema.json', reloadServer: false },
    { pattern: 'core/sdk/package.json', reloadServer: false },
    { pattern: 'plugins/*/package.json', reloadServer: false },
    { pattern: 'plugins/*/resources/**', reloadServer: false },
    { pattern: 'themes/**', reloadServer: false },
    { pattern: 'config/flags.json', reloadServer: false },
    { pattern: 'public/**', reloadServer: false },
    { pattern: 'ace', reloadServer: false },
    { pattern: 'start/prepare.cjs', reloadServer: false },
  ],

  hooks: {
    buildStarting: [() => import('@adonisjs/vite/build_hook')],
    buildFinished: [() => import('#core/plugins/lifecycle/link_workspaces')],
  },

  tests: {
    suites: [
      {
        files: ['tests/unit/**/*.spec.ts', 'core/**/tests/**/*.spec.ts'],
        name: 'unit',
        timeout: 30_000,
      },
      { files: ['tests/functional/**/*.spec.ts'], name: 'functional', timeout: 60_000 },
      {
        files: ['tests/conformance/**/*.spec.ts', 'plugins/*/tests/**/*.spec.ts'],
        name: 'conformance',
        timeout: 60_000,
      },
      { files: ['tests/browser/**/*.spec.ts'], name: 'browser', timeout: 180_000 },
    ],
    forceExit: true,
  },
})
