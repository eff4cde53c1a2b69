"""Stands in for the service in test_make_run: the two commands, `/healthz`, and a page that reads the database."""

import os

import psycopg
from flask import Flask


def create_app() -> Flask:
    app = Flask(__name__)

    def database() -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""))

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.cli.command("migrate")
    def migrate() -> None:
        with database() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS starts (id serial)")

    @app.cli.command("first-start")
    def first_start() -> None:
        with database() as connection:
            connection.execute("INSERT INTO starts DEFAULT VALUES")
        print("The first account")

    return app
