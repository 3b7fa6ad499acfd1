#!/bin/bash
# Makes the keys and certificates of this folder, which tests/it/reach takes as they are: neither ring nor rcgen makes all
# of these kinds, and a machine that runs the tests need not have openssl. They are worth nothing outside the tests.
#   cd tests/data/tls && bash make.sh
set -euo pipefail
days=36500

# key NAME KIND: a private key in PKCS#8.
key() {
  case $2 in
    p*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${2/p/P-}" -out "$1.key" ;;
    rsa*) openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$1.key" ;;
    ed25519) openssl genpkey -algorithm ed25519 -out "$1.key" ;;
  esac 2>/dev/null
}
# authority NAME SUBJECT: signs itself.
authority() {
  key "$1" p256
  openssl req -x509 -new -key "$1.key" -subj "$2" -days $days -out "$1.crt" \
    -addext "basicConstraints=critical,CA:true" -addext "keyUsage=critical,keyCertSign,digitalSignature" ${3:+-addext "$3"}
}
# sign NAME SUBJECT AUTHORITY [EXTENSIONS]: without extensions it is of version 1.
sign() {
  openssl req -new -key "$1.key" -subj "$2" -out request
  openssl x509 -req -in request -CA "$3.crt" -CAkey "$3.key" -set_serial "$RANDOM$RANDOM" -days $days -out "$1.crt" \
    ${4:+-extfile <(printf '%b' "$4")} 2>/dev/null
}

authority client-ca "/CN=clients"
authority server-ca "/CN=servers"
# The first user of a control plane of the tests, in the group that may do everything.
user="/O=testers/CN=user-000"
client="keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\nbasicConstraints=CA:false\n"
for kind in p256 p384 p521 rsa1024 rsa2048 rsa4096 ed25519; do
  key client-$kind $kind
  sign client-$kind $user client-ca "$client"
  key server-$kind $kind
  sign server-$kind "/CN=$kind" server-ca "subjectAltName=DNS:$kind.test\n"
done
for kind in p256 rsa2048; do
  key client-v1-$kind $kind
  sign client-v1-$kind $user client-ca
done
# Forms of a key beside PKCS#8.
openssl ec -in client-p256.key -out client-p256.sec1.key 2>/dev/null
openssl rsa -in client-rsa2048.key -traditional -out client-rsa2048.pkcs1.key 2>/dev/null
{ openssl ecparam -name prime256v1; cat client-p256.sec1.key; } > client-p256.parameters.key

# Behind another authority.
for side in client server; do
  key $side-between p256
  sign $side-between "/CN=between-$side" $side-ca "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n"
  key $side-chain p256
done
sign client-chain $user client-between "$client"
sign server-chain "/CN=chain" server-between "subjectAltName=DNS:chain.test\n"
for side in client server; do cat $side-between.crt >> $side-chain.crt; done

# Servers as people make them by hand.
authority server-own "/CN=own.test" "subjectAltName=DNS:own.test"
key server-named p256
sign server-named "/CN=named.test" server-ca "basicConstraints=CA:false\n"
key server-v1 p256
sign server-v1 "/CN=v1.test" server-ca
key server-wild p256
sign server-wild "/CN=wild" server-ca "subjectAltName=DNS:*.wild.test,DNS:wild_card.test\n"
rm -f request client-ca.key server-ca.key client-between.key server-between.key
