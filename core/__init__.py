"""The async core service: storage, rules and use cases. It knows no screen."""
