"""Which releases the shipped background is counted from: ordinary code that people wrote.

Famous and old: releases of 2021 where registries offer a choice, else what Debian 12 carries,
which was frozen when 2023 began. Standard libraries are left out, for recall is measured with
their text; so is every package that the benchmarks tell or ask about (a test compares
the lists).
"""

from __future__ import annotations

_WEB = """
aiohttp==3.8.1 alembic==1.7.5 beautifulsoup4==4.10.0 boto3==1.20.0 channels==3.0.4
django-cms==3.9.0 django-debug-toolbar==3.2.2 django-extensions==3.1.5 django-filter==21.1
django-oauth-toolkit==1.5.0 django-oscar==3.1 djangorestframework==3.12.4 elasticsearch==7.15.1
falcon==3.0.1 fastapi==0.70.0 flask==2.0.2 gunicorn==20.1.0 httpx==0.21.1 Mezzanine==5.0.0
pymongo==3.12.1 requests==2.26.0 sanic==21.9.1 selenium==3.141.0 sqlalchemy==1.4.27
starlette==0.17.1 tortoise-orm==0.17.8 uvicorn==0.15.0 wagtail==2.15 websockets==10.0
""".split()
"""Servers and clients."""

_TOOLS = """
anyio==3.3.4 arrow==1.2.1 attrs==21.2.0 black==21.11b1 chalice==1.26.2 click==8.0.3
cookiecutter==1.7.3 coverage==6.1.2 fabric==2.6.0 factory_boy==3.2.1 hydra-core==1.1.1
hypothesis==6.24.6 invoke==1.6.0 jsonschema==4.2.1 loguru==0.5.3 marshmallow==3.14.1 mkdocs==1.2.3
moto==2.2.12 poetry==1.1.11 pydantic==1.8.2 PyScaffold==4.1.1 pytest==6.2.5 python-dateutil==2.8.2
responses==0.15.0 rich==10.16.2 setuptools==58.5.3 sphinx==4.3.1 tox==3.24.4 tqdm==4.62.3
trio==0.19.0 typer==0.4.0 virtualenv==20.10.0
""".split()
"""Command lines, configuration, tests, packaging."""

_LEARNING = """
allennlp==2.8.0 altair==4.1.0 apache-airflow==2.2.1 datasets==1.15.1 fastai==2.5.3 keras==2.7.0
matplotlib==3.4.3 mlflow==1.21.0 nbconvert==6.3.0 networkx==2.6.3 notebook==6.4.5 pandas==1.3.4
prefect==0.15.9 pytorch-lightning==1.5.1 rouge-score==0.0.4 sacrebleu==2.0.0 scipy==1.7.2
seaborn==0.11.2 spacy==3.1.4 stable-baselines3==1.3.0 streamlit==1.2.0 tensorflow-datasets==4.4.0
timm==0.4.12 torchmetrics==0.6.0 wandb==0.12.6
""".split()
"""Data and learning."""

_SCRIPTS = """
@apollo/client@3.4.17 @reduxjs/toolkit@1.6.2 ajv@8.8.2 antd@4.16.13 axios@0.24.0 bootstrap@5.1.3
bulma@0.9.3 chart.js@3.6.0 class-validator@0.13.2 d3-scale@4.0.2 d3-selection@3.0.0
date-fns@2.26.0 dayjs@1.10.7 formik@2.2.9 foundation-sites@6.7.4 graphql@16.0.1 immer@9.0.6
jquery@3.6.0 lodash@4.17.21 material-design-lite@1.3.0 moment@2.29.1 preact@10.6.2
react-query@3.33.4 react-redux@7.2.6 react@17.0.2 redux@4.1.2 svelte@3.44.1 tailwindcss@2.2.19
three@0.134.0 uikit@3.9.4 underscore@1.13.1 vue-router@4.0.12 vue@3.2.26 vuex@4.0.2 yup@0.32.11
zod@3.11.6
""".split()
"""Libraries that ship what their authors wrote: JavaScript, TypeScript, style sheets."""

_SERVERS = """
@hapi/hapi@20.2.1 @nestjs/common@8.2.3 @nestjs/core@8.2.3 @storybook/react@6.3.12
@testing-library/react@12.1.2 chai@4.3.4 chalk@4.1.2 commander@8.3.0 dotenv@10.0.0
eslint-plugin-react@7.27.1 eslint@8.3.0 expect@27.3.1 fastify@3.25.3 gatsby@4.2.0 inquirer@8.2.0
jest-config@27.3.1 joi@17.4.2 jsonwebtoken@8.5.1 knex@0.95.14 koa@2.13.4 mongoose@6.0.13
next@12.0.4 passport@0.5.0 puppeteer@11.0.0 react-scripts@4.0.3 rollup@2.60.1 sequelize@6.11.0
socket.io@4.4.0 vite@2.6.14 vitest@0.0.118 webpack-dev-server@4.6.0 webpack@5.64.4 winston@3.3.3
ws@8.2.3 yargs@17.2.1
""".split()
"""Servers and tools."""

_PHONES = """
@capacitor-community/bluetooth-le@1.3.0 @capacitor/android@3.3.2 @capacitor/ios@3.3.2
@stripe/stripe-react-native@0.2.4 cordova-android@10.1.1 cordova-ios@6.2.0 expo-camera@12.0.3
expo-dev-launcher@0.8.4 expo-dev-menu@0.8.4 expo-file-system@13.0.3 expo-image-picker@11.0.3
expo-location@13.0.4 expo-modules-core@0.4.8 expo-notifications@0.13.3 expo-updates@0.10.15
lottie-react-native@5.0.1 nativescript@8.1.5 react-native-screens@3.9.0
react-native-track-player@2.1.2 react-native-webview@11.14.3 react-native@0.66.3
""".split()
"""For phones: Kotlin, Swift, Java and Objective-C beside the scripts."""

_TEMPLATES = """
@ionic/angular-toolkit@5.0.3 @nestjs/schematics@8.0.5 @schematics/angular@13.0.4
@vue/cli-plugin-unit-jest@4.5.15 @vue/cli-service@4.5.15 aws-cdk@1.132.0
cra-template-typescript@1.1.3 cra-template@1.1.3 create-next-app@12.0.4
create-svelte@2.0.0-next.89 create-vite@2.6.6 express-generator@4.16.1 firebase-tools@9.22.0
generator-code@1.6.5 serverless@1.83.3 spdx-license-list@6.4.0 tsdx@0.14.1
""".split()
"""Licences, and what commands that begin a project write into it."""

_OTHERS = """
docker-compose=1.29.2-3 node-express=4.18.2+~4.17.14-1
""".split()
"""Python and JavaScript with their tests, which registries' archives leave out."""

_GO = """
golang-ginkgo=1.16.5-3 golang-github-docker-go-connections=0.4.0-4
golang-github-gin-gonic-gin=1.8.1-1 golang-github-go-sql-driver-mysql=1.5.0-2
golang-github-golang-jwt-jwt=4.4.3-1 golang-github-google-go-cmp=0.5.9-1
golang-github-google-uuid=1.3.0-1 golang-github-google-wire=0.5.0-2
golang-github-gorilla-sessions=1.2.1-1 golang-github-gorilla-websocket=1.5.0-2
golang-github-hashicorp-go-multierror=1.1.1-2 golang-github-hashicorp-go-retryablehttp=0.7.1-1
golang-github-hashicorp-golang-lru=0.5.4-2 golang-github-jinzhu-gorm=1.9.6-2
golang-github-jmoiron-sqlx=1.3.5-1 golang-github-joho-godotenv=1.5.1-1
golang-github-julienschmidt-httprouter=1.3.0-2 golang-github-labstack-echo=4.2.1-3
golang-github-lib-pq=1.10.7-2 golang-github-mattn-go-sqlite3=1.14.16~ds1-1
golang-github-mitchellh-mapstructure=1.5.0-2 golang-github-pkg-errors=0.9.1-2
golang-github-prometheus-common=0.39.0-2 golang-github-rs-zerolog=1.26.1-2
golang-github-shopify-sarama=1.22.1-1 golang-github-spf13-afero=1.9.3-1
golang-github-spf13-cobra=1.6.1-1 golang-github-spf13-pflag=1.0.6~git20210604-d5e0c0615ace-1
golang-github-spf13-viper=1.10.1-1 golang-github-urfave-cli=1.22.9-2
golang-golang-x-net=1:0.7.0+dfsg-1 golang-golang-x-sync=0.1.0-1 golang-golang-x-tools=1:0.5.0+ds-1
golang-google-grpc=1.33.3-2 golang-gopkg-yaml.v3=3.0.1-3 golang-logrus=1.9.0-1
golang-testify=1.8.1-1 golang-toml=1.2.0-2
""".split()

_RUST = """
rust-bat=0.22.1-4 rust-clap=4.0.32-1 rust-exa=0.10.1-4 rust-fd-find=8.6.0-3 rust-rand=0.8.5-1
rust-ripgrep=13.0.0-4 rust-serde=1.0.152-2
""".split()

_JAVA = """
apache-log4j2=2.19.0-2 async-http-client=2.12.3-1 commons-csv=1.9.0-1 commons-pool2=2.11.1-1
guava-libraries=31.1-1 httpcomponents-client=4.5.14-1 httpcomponents-core=4.4.16-1
jackson-core=2.14.1-2~deb12u1 jackson-databind=2.14.0-1+deb12u1 jsoup=1.15.3-1 junit4=4.13.2-3
junit5=5.9.2-1 libcommons-codec-java=1.15-1 libcommons-collections3-java=3.2.2-2
libcommons-lang3-java=3.12.0-2+deb12u1 libcommons-logging-java=1.2-3
libhibernate-validator-java=5.3.6-2 libjoda-time-java=2.10.14-1 libokhttp-java=3.13.1-3
libquartz-java=1:1.8.6-8 libslf4j-java=1.7.32-1 libspring-java=4.3.30-2 logback=1:1.2.11-3
maven=3.8.7-1 mina2=2.2.1-3 mockito=2.23.0-2 netty=1:4.1.48-7+deb12u2 okio=1.16.0-2
picocli=4.6.2-2 tomcat9=9.0.70-2 zookeeper=3.8.0-11+deb12u2
""".split()

_SCALA = """
jawn=0.11.1+really0.6.0-1 json4s=3.5.1+really3.2.10-1 kotlin=1.3.31+ds1-1
kotlinx-atomicfu=0.11.12-2 kotlinx-coroutines=1.0.1-2 scala=2.11.12-5
""".split()
"""Kotlin and Scala."""

_SHARP = """
dbus-sharp=0.8.1-2.1 keepass2=2.47+dfsg-2 newtonsoft-json=6.0.8+dfsg-1.1 nunit=2.6.4+dfsg-1.1
""".split()
"""C#."""

_C = """
abseil=20220623.1-1+deb12u2 catch2=2.13.10-1 curl=7.88.1-10+deb12u15 fmtlib=9.1.0+ds1-2
googletest=1.12.1-0.2 hiredis=0.14.1-3 jq=1.6-2.1+deb12u2 leveldb=1.23-4 libevent=2.1.12-stable-8
libgit2=1.5.1+ds-1+deb12u1 libjsoncpp=1.9.5-4 libuv1=1.44.2-1+deb12u1 lua5.4=5.4.4-3+deb12u1
memcached=1.6.18-1 nginx=1.22.1-9+deb12u9 protobuf=3.21.12-3+deb12u1 redis=5:7.0.15-1~deb12u7
spdlog=1:1.10.0+ds-0.4 tinyxml2=9.0.0+dfsg-3.1 zlib=1:1.2.13.dfsg-1
""".split()
"""C and C++."""

_RUBY = """
rails=2:6.1.7.10+dfsg-1~deb12u2 rubocop=1.39.0+dfsg-1 ruby-devise=4.8.1-1 ruby-rspec-rails=5.0.2-1
ruby-sidekiq=6.4.1+dfsg-1
""".split()

_PHP = """
composer=2.5.5-1+deb12u5 php-guzzlehttp-promises=1.5.2-1 php-guzzlehttp-psr7=2.4.5-1+deb12u1
php-laravel-framework=8.83.26+dfsg-2 php-league-commonmark=2.3.9-1+deb12u1 php-monolog=2.9.1-1
php-nesbot-carbon=2.65.0-1+deb12u1 php-twig=3.5.1-1+deb12u3 phpunit=9.6.7-1+deb12u1
symfony=5.4.53+dfsg-0+deb12u1 wordpress=6.1.9+dfsg1-0+deb12u1
""".split()

_LUA = """
awesome=4.3-7 lua-argparse=0.7.1-2 lua-http=0.4-1 lua-inspect=3.1.1-2 lua-luassert=1.9.0-1
lua-moses=2.1.0-1 lua-unit=3.4-2
""".split()

_SHELL = """
autojump=22.5.1-1.1 bash-completion=1:2.11-6 docker.io=20.10.24+dfsg1-1+deb12u1 dracut=059-4
git=1:2.39.5-0+deb12u3
""".split()
"""Shell, git's own tests among it."""

_SQL = """
davical=1.1.12-2 ledgersmb=1.6.33+ds-2.1 postgis=3.3.2+dfsg-1
""".split()

_LICENCES = """
base-files=12.4+deb12u15
""".split()

_GO_TEXTS = """
golang-github-go-chi-chi-dev=5.0.7-1 golang-github-gorilla-handlers-dev=1.5.1-3
golang-github-hashicorp-memberlist-dev=0.2.2-2 golang-github-hashicorp-raft-dev=1.1.2-1
golang-github-nats-io-go-nats-dev=1.22.1-1 golang-github-prometheus-client-golang-dev=1.14.0-3
golang-github-valyala-fasthttp-dev=1:1.31.0-4 golang-gomega-dev=1.10.3-1
golang-uber-goleak-dev=1.2.0-1
""".split()

_RUST_TEXTS = """
librust-anyhow-dev=1.0.69-1 librust-bytes-dev=1.2.1-1 librust-chrono-dev=0.4.23-2
librust-criterion-dev=0.3.6-4 librust-crossbeam-channel-dev=0.5.6-1 librust-crossterm-dev=0.25.0-2
librust-csv-dev=1.1.6-1 librust-env-logger-dev=0.9.3-1 librust-futures-util-dev=0.3.21-1
librust-http-dev=0.2.7-1 librust-hyper-dev=0.14.19-1 librust-image-dev=0.24.3-1
librust-indexmap-dev=1.9.2-1 librust-itertools-dev=0.10.3-1 librust-log-dev=0.4.17-3
librust-nom-dev=7.1.1-1 librust-petgraph-dev=0.6.2-1 librust-proptest-dev=1.0.0-1
librust-quote-dev=1.0.21-1 librust-rayon-dev=1.6.1-1 librust-regex-dev=1.7.1-1
librust-reqwest-dev=0.11.13-1 librust-rusqlite-dev=0.28.0-4 librust-rustls-dev=0.20.8-4
librust-serde-derive-dev=1.0.152-1 librust-serde-json-dev=1.0.87-1 librust-serde-yaml-dev=0.8.26-1
librust-structopt-dev=0.3.26-2 librust-syn-dev=1.0.107-1 librust-thiserror-dev=1.0.38-1
librust-tokio-dev=1.24.2-1 librust-tokio-postgres-dev=0.7.7-2 librust-tokio-util-dev=0.7.3-2
librust-toml-dev=0.5.11-1 librust-tower-dev=0.4.13-2 librust-tracing-dev=0.1.37-1
librust-tui-dev=0.19.0-1 librust-url-dev=2.3.1-1 librust-uuid-dev=1.2.1-1
""".split()

_RUBY_TEXTS = """
jekyll=4.3.1+dfsg-3+deb12u1 ruby-faraday=1.1.0-7 ruby-grape=1.6.2-3 ruby-haml=6.1.1-1+b1
ruby-i18n=1.10.0-2 ruby-json=2.6.3+dfsg-1 ruby-minitest=5.17.0-1 ruby-rack=2.2.22-0+deb12u2
ruby-rspec-core=3.12.0c0e1m1s0-1 ruby-rspec-expectations=3.12.0c0e1m1s0-1
ruby-rspec-mocks=3.12.0c0e1m1s0-1 ruby-sequel=5.63.0-1 ruby-sinatra=3.0.5-3+deb12u1
ruby-thor=1.2.1-2 vagrant=2.3.4+dfsg-1+deb12u1
""".split()

_LUA_TEXTS = """
lua-busted=2.1.1-1 lua-copas=1.2.0-2 lua-dkjson=2.6-2 lua-ldoc=1.4.6-2 lua-logging=1.3.0-2
lua-orbit=2.2.1+dfsg-2 lua-penlight=1.13.1-3 lua-resty-core=0.1.25-1 prosody=0.12.3-1+deb12u1
""".split()

_OTHER_TEXTS = """
bats=1.8.2-1 dbconfig-common=2.0.24 dehydrated=0.7.0-3 git-extras=6.5.0-1
php-doctrine-dbal=3.6.1+dfsg-1 php-doctrine-persistence=3.1.4-1 php-mockery=1.5.1-2
postgresql-15-orafce=4.1.1-1 postgresql-15-pgrouting-scripts=3.4.2-1 postgresql-15-pgtap=1.2.0-3
shunit2=2.1.8-3 zsh-antigen=2.2.3-5
""".split()

PYPI = (*_WEB, *_TOOLS, *_LEARNING)
"""Wheels, ``name==version``."""

NPM = (*_SCRIPTS, *_SERVERS, *_PHONES, *_TEMPLATES)
"""``name@version``."""

SOURCES = (
    *(*_OTHERS, *_GO, *_RUST, *_JAVA, *_SCALA, *_SHARP, *_C, *_RUBY, *_PHP, *_LUA, *_SHELL, *_SQL),
    *_LICENCES,
)
"""Source packages of Debian 12, ``name=version``: what the authors released."""

BINARIES = (*_GO_TEXTS, *_RUST_TEXTS, *_RUBY_TEXTS, *_LUA_TEXTS, *_OTHER_TEXTS)
"""Packages of Debian 12 that are source text themselves, ``name=version``."""

DEBIAN = (*SOURCES, *BINARIES)

ALONE = (
    "base-files",
    "spdx-license-list",
    "cra-template",
    "cra-template-typescript",
    "create-vite",
    "create-next-app",
    "express-generator",
    "@schematics/angular",
    "@nestjs/schematics",
    "@vue/cli-service",
    "@vue/cli-plugin-unit-jest",
    "create-svelte",
    "generator-code",
    "tsdx",
    "serverless",
    "aws-cdk",
    "@ionic/angular-toolkit",
    "firebase-tools",
)
"""Licences and templates: made to be copied, so that one copy makes their text common."""


def project(pin: str) -> str:
    """The name without its version, and without what a registry puts around it.

    ``golang-github-spf13-cobra-dev=1.6.1-1`` and ``golang-github-spf13-cobra=1.6.1-1``
    are one project, and so are ``python-click=8.1.3-2`` and ``Click==8.0.3``.
    """
    name = pin[0] + pin[1:].split("==")[0].split("=")[0].split("@")[0]
    name = name.lower().replace("_", "-")
    for head in ("python3-", "python-", "node-"):
        name = name.removeprefix(head)
    if name.startswith(("golang-", "rust-", "librust-")):
        name = name.removeprefix("lib").removesuffix("-dev")
    return name


_FAMILIES = (
    *("expo", "@nestjs", "@capacitor", "react-redux", "redux", "@reduxjs", "cra-", "cordova-"),
    *("react-native", "@vue/", "vue", "webpack", "golang-github-spf13", "golang-github-gorilla"),
    *("golang-github-hashicorp", "golang-github-prometheus", "golang-golang-x", "rust-tokio"),
    *("rust-serde", "rust-clap", "jackson", "junit", "libcommons", "commons", "kotlinx", "scala"),
    *("ruby-rspec", "php-doctrine", "php-guzzlehttp", "httpcomponents"),
)


def family(pin: str) -> str:
    """The packages that one group of people keeps count as one: they share what is theirs."""
    name = project(pin)
    if name in ALONE:
        return name
    name = "rust-clap" if name == "rust-structopt" else name
    return next((head for head in _FAMILIES if name.startswith(head)), name)
