namespace FlowDispatch.AspNetCore;

/// <summary>Who a request comes from. It reaches the rows of its organization and no others.</summary>
/// <param name="OrganizationId">The tenant.</param>
/// <param name="UserId">The person or program, in the host's words.</param>
/// <param name="Role">What it may do.</param>
public sealed record FlowDispatchCaller(string OrganizationId, string UserId, FlowDispatchRole Role);
