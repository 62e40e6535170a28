namespace FlowDispatch.Sample.Auth;

/// <summary>Guards what asks for no caller of its own: the control of the bundled simulator, and the description of the API.</summary>
internal static class LocalDoors
{
    /// <summary>
    /// The simulator's control is for this machine and for admins: it can lie and forget. The description is open where tokens
    /// are configured; without any nothing is served but to this machine.
    /// </summary>
    public static void UseLocalDoors(this WebApplication app, TokenAuthentication authentication) => app.Use((context, next) =>
    {
        var path = context.Request.Path;
        var admitted = path.StartsWithSegments("/simulator/_simulator", StringComparison.OrdinalIgnoreCase) ? authentication.Admits(context, admins: true)
            : !path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase) || authentication.HasTokens || authentication.Admits(context, admins: false);
        return admitted
            ? next(context)
            : Results.Problem("This is for callers on the same machine, or, for the simulator's control, with the token of an admin.", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    });
}
