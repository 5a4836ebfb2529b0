import debug from 'debug'

/** Traces of this domain, with `DEBUG=griot:plugins` in the environment */
export default debug('griot:plugins')
