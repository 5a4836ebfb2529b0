import debug from 'debug'

/** Traces of this domain, with `DEBUG=griot:conversations` in the environment */
export default debug('griot:conversations')
