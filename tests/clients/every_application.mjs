// openid-client, which is strict, signs on at every application of a simulator: {base, username, password,
// applications} on stdin, {name: "ok" or what went wrong} on stdout.
import * as client from 'openid-client';
import { createPrivateKey } from 'node:crypto';
import { text } from 'node:stream/consumers';

const asked = JSON.parse(await text(process.stdin));
const pem = (key) => crypto.subtle.importKey(
  'pkcs8', createPrivateKey(key).export({ format: 'der', type: 'pkcs8' }),
  { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'],
);

async function authentication(application) {
  switch (application.tokenEndpointAuthMethod) {
    case 'NONE': return client.None();
    case 'CLIENT_SECRET_BASIC': return client.ClientSecretBasic(application.clientSecret);
    case 'CLIENT_SECRET_POST': return client.ClientSecretPost(application.clientSecret);
    case 'CLIENT_SECRET_JWT': return client.ClientSecretJwt(application.clientSecret);
    case 'PRIVATE_KEY_JWT': return client.PrivateKeyJwt(await pem(application.privateKey));
  }
}

// A user's browser: from the authorization URL to where the application is called back.
async function browse(url) {
  const started = await fetch(url, { redirect: 'manual' });
  const flow = `${asked.base}/flows/${new URL(started.headers.get('location')).searchParams.get('flowId')}`;
  const checked = await fetch(flow, {
    method: 'POST', headers: { 'Content-Type': 'application/vnd.pingidentity.usernamePassword.check+json' },
    body: JSON.stringify({ username: asked.username, password: asked.password }),
  });
  const cookie = checked.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
  const resumed = await fetch((await checked.json()).resumeUrl, { redirect: 'manual', headers: { cookie } });
  return new URL(resumed.headers.get('location'));
}

async function authorizationUrl(config, application, parameters) {
  if (application.parRequirement === 'REQUIRED') return client.buildAuthorizationUrlWithPAR(config, parameters);
  if (application.requireSignedRequestObject)
    return client.buildAuthorizationUrlWithJAR(config, parameters, await pem(application.privateKey));
  return client.buildAuthorizationUrl(config, parameters);
}

async function signOn(application) {
  const config = await client.discovery(
    new URL(`${asked.base}/as`), application.clientId, undefined, await authentication(application),
    { execute: [client.allowInsecureRequests] },
  );
  if (application.grantTypes.includes('CLIENT_CREDENTIALS')) {
    await client.clientCredentialsGrant(config);
    return;
  }
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const redirect_uri = application.redirectUris[0].replace('*', 'callback');
  const answer = await browse(await authorizationUrl(config, application, {
    redirect_uri, scope: application.scopes.filter((each) => !each.includes(':')).join(' '), state: expectedState,
    nonce: expectedNonce, code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  }));
  const tokens = await client.authorizationCodeGrant(config, answer, {
    pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true, maxAge: undefined,
  });
  const { sub } = tokens.claims();
  await client.fetchUserInfo(config, tokens.access_token, sub);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  if (refreshed.claims().sub !== sub) throw new Error('another subject after the refresh');
  const told = await client.tokenIntrospection(config, refreshed.access_token);
  if (!told.active) throw new Error('its own token is inactive');
  await client.tokenRevocation(config, refreshed.access_token);
  const off = await fetch(client.buildEndSessionUrl(config, {
    id_token_hint: refreshed.id_token, post_logout_redirect_uri: application.postLogoutRedirectUris[0],
  }), { redirect: 'manual' });
  if (off.headers.get('location') !== application.postLogoutRedirectUris[0]) throw new Error('sign-off leads elsewhere');
}

const found = await Promise.all(asked.applications.map(async (application) => [
  application.name, await signOn(application).then(() => 'ok', (problem) => `${problem} ${problem.cause ?? ''}`),
]));
process.stdout.write(JSON.stringify(Object.fromEntries(found)));
