/** Plugins that come with Griot. What else lies in plugins/ or in PLUGIN_FOLDERS is a stranger's, until an admin consents to it */
export const bundledPlugins: readonly string[] = ['email']

/** In tests data crosses to plugins as it would to another process: copied and frozen */
export const crossing = process.env.NODE_ENV === 'test' ? 'cloned' : 'by_reference'
