using FlowDispatch.Sending;

namespace FlowDispatch.WhatsApp.Messages;

/// <summary>What became of one request, and what it says about the provider.</summary>
/// <param name="Result">For the engine.</param>
/// <param name="IsOutage">For the circuit breaker: the provider was unreachable, silent or in trouble.</param>
internal readonly record struct Attempt(SendResult Result, bool IsOutage = false);
