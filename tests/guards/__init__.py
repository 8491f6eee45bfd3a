"""What every test of the suite holds besides its own assertion. Each module is a pytest plugin that conftest.py loads;
tests/test_suite_guards.py shows of each that it catches what it promises."""
