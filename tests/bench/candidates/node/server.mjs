// The certified client of Node, openid-client, with Express as its documentation shows it: PKCE, state and nonce
// checked, the session in the process's memory. It serves on the socket that it inherits as descriptor LISTEN_FD.
import express from 'express'
import session from 'express-session'
import * as client from 'openid-client'

const { PINGONE_AUTH_BASE_URL, PUBLIC_URL, SECRET_KEY, LISTEN_FD } = process.env
const redirectUri = `${PUBLIC_URL}/callback`
const config = await client.discovery(new URL(`${PINGONE_AUTH_BASE_URL}/as`), 'bench', undefined, client.None())

const application = express()
application.use(session({ secret: SECRET_KEY, resave: false, saveUninitialized: false }))

application.get('/login', async (request, response) => {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  request.session.pending = { verifier, state, nonce }
  response.redirect(client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).href)
})

application.get('/callback', async (request, response) => {
  const { verifier, state, nonce } = request.session.pending
  const tokens = await client.authorizationCodeGrant(config, new URL(PUBLIC_URL + request.originalUrl), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  request.session.pending = undefined
  request.session.user = tokens.claims()
  response.redirect('/session')
})

application.get('/session', (request, response) => {
  response.send(`<p>Signed on: ${request.session.user?.preferred_username}</p>`)
})

application.get('/', (request, response) => response.send('ready'))

const server = application.listen({ fd: Number(LISTEN_FD) })
server.keepAliveTimeout = 60_000
process.on('SIGTERM', () => process.exit(0))
